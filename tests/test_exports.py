"""The TMX in exports/ is what the tool makes of seeds/, byte for byte."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import MOMENT, ROOT, SEED, SEED_ENGLISH, Program

EXPORT = ROOT / "exports" / "interview-2025-10-20.kk-en.tmx"


def test_the_committed_export_is_rebuilt(tmtool: Program, tmp_path: Path) -> None:
    """Aligned and exported at a fixed time by a fixed author, it is the same file.

    To renew it after a change that is meant: SOURCE_DATE_EPOCH=1760952600 tmtool
    --author tmtool, with the commands below.
    """
    variables = {"SOURCE_DATE_EPOCH": str(int(MOMENT.timestamp())), "TMTOOL_AUTHOR": "tmtool"}
    align = ["align", SEED, SEED_ENGLISH, "-s", "kk", "-t", "en", "--add"]
    tmtool("-m", "m.db", *align, **variables)
    tmtool("-m", "m.db", "export", "out.tmx", **variables)
    assert (tmp_path / "out.tmx").read_bytes() == EXPORT.read_bytes()
