"""Takes the words of documents out of the manifests of earlier answers (format 1 becomes format 2).

In batches, each in a transaction of its own: it may be interrupted and run again. The digest is computed again only
where the earlier one was right, so that a manifest that was changed is still found.
"""

import hashlib
import json

from django.db import migrations

AT_ONCE = 200


def take_words_out(apps, schema_editor):
    answers = apps.get_model("chat", "Answer").objects.using(schema_editor.connection.alias)
    last = 0
    while found := list(
        answers.filter(pk__gt=last, manifest__isnull=False)
        .only("pk", "manifest", "manifest_sha256", "meant")
        .order_by("pk")[:AT_ONCE]
    ):
        last = found[-1].pk
        changed = [answer for answer in found if _change(answer)]
        answers.bulk_update(changed, ["manifest", "manifest_sha256", "meant"])


def _change(answer):
    old = answer.manifest
    if not isinstance(old, dict) or old.get("format") != "quoth-manifest/1":
        return False
    is_honest = _digest(old) == answer.manifest_sha256
    parts, quotes = _objects(old.get("parts")), _objects(old.get("quotes"))
    meant = {
        word["word"]: word["meant"]
        for each in (old, *parts)
        for word in _objects(each.get("missing"))
        if word.get("meant")
    }
    answer.meant = meant or None
    answer.manifest = {
        **_without_meant(old),
        "format": "quoth-manifest/2",
        "replaces": answer.manifest_sha256,
        "parts": [_without_meant(each) for each in parts],
        "quotes": [
            {key: value for key, value in quote.items() if key not in ("text", "document")} for quote in quotes
        ],
    }
    if is_honest:
        answer.manifest_sha256 = _digest(answer.manifest)
    return True


def _without_meant(record):
    if "missing" not in record:
        return record
    return {**record, "missing": [{"word": word["word"]} for word in _objects(record["missing"])]}


def _objects(value):
    """Anything may stand in a manifest that somebody has changed."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _digest(manifest):
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("chat", "0015_words_beside_manifests")]
    operations = [migrations.RunPython(take_words_out, migrations.RunPython.noop)]
