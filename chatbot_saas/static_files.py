from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """Also replaces names in `import ... from "./other.js"` by hashed names, so that modules can be cached without
    expiry.
    """

    support_js_module_import_aggregation = True
