from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """Hashed names also inside `import ... from "./other.js"`, so that modules may be cached for ever."""

    support_js_module_import_aggregation = True
