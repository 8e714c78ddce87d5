"""A Neo4j Community server without a package or container: jars from Maven Central and a new home folder."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang")
CONF = """\
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.memory.heap.initial_size=512m
server.memory.heap.max_size=512m
server.memory.pagecache.size=128m
dbms.usage_report.enabled=false
db.tx_log.preallocate=false
"""


def create(home: Path, *, port: int, password: str) -> None:
    """Create the home folder and set the password of user `neo4j`, which is possible only before the first start."""
    for name in ("conf", "data", "logs", "run", "plugins", "import"):
        (home / name).mkdir(parents=True)
    (home / "conf" / "neo4j.conf").write_text(CONF.format(port=port))
    admin = ["org.neo4j.server.startup.Neo4jAdminCommand", "dbms", "set-initial-password", password]
    subprocess.run(
        ["java", "-cp", f"{jars()}/*", *admin],
        env={**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def server_command(home: Path) -> list[str]:
    opens = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
    entry = ["org.neo4j.server.CommunityEntryPoint", f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
    return ["java", "-Xms512m", "-Xmx512m", *opens, "-cp", f"{jars()}/*", *entry]


def jars() -> Path:
    """The folder of the server's jars (123 MB), fetched once for each version."""
    match = re.search(r"<neo4j.version>(.*)</neo4j.version>", POM.read_text())
    assert match, f"{POM} names no version"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quoth"
    folder = cache / f"neo4j-{match[1]}"
    if not folder.exists():
        print(f"Fetching Neo4j {match[1]} from Maven Central ...", flush=True)
        cache.mkdir(parents=True, exist_ok=True)
        _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    part = Path(tempfile.mkdtemp(dir=folder.parent))
    goal = ["-Dstyle.color=never", "dependency:copy-dependencies", f"-DoutputDirectory={part}"]
    try:
        subprocess.run(["mvn", "-q", "-B", "-f", POM, *goal], check=True, stdin=subprocess.DEVNULL)
        part.rename(folder)  # so that an interrupted download is not used
    finally:
        shutil.rmtree(part, ignore_errors=True)
