"""Write schemas/json/<type>.json from schemas/policy, for editors.

From the top of the checkout: `python -m scripts.make_json_schemas`. It prints the files that it wrote or removed;
with --check it only names the stale ones and exits with 1 if there are any.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from presales_repo.model.jsonschema import type_schema
from presales_repo.model.yamlsubset import parse_yaml, to_data

ROOT = Path(__file__).resolve().parent.parent
POLICY = ROOT / "schemas" / "policy"
TARGET = ROOT / "schemas" / "json"


def read(path: Path) -> dict[str, Any]:
    """A policy file as plain data."""
    data: dict[str, Any] = to_data(parse_yaml(path.read_text(encoding="utf-8"), path.name))
    return data


def expected() -> dict[Path, str]:
    """Every schema file and its text."""
    catalogue = read(POLICY / "repository.yaml")
    files = {}
    for stage in sorted(POLICY.glob("types/*.yaml")):
        for doctype in read(stage)["types"]:
            schema = type_schema(catalogue["common_fields"], doctype, catalogue)
            files[TARGET / f"{doctype['id']}.json"] = json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
    return files


def stale(files: dict[Path, str]) -> list[Path]:
    """Schema files that are missing, differ, or belong to no type any more."""
    changed = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    return changed + [path for path in TARGET.glob("*.json") if path not in files]


def main() -> int:
    """0: current or written; 1: --check found stale files, which it names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    files = expected()
    paths = stale(files)
    for path in paths:
        print(path.relative_to(ROOT))
    if check:
        return 1 if paths else 0
    TARGET.mkdir(parents=True, exist_ok=True)
    for path in paths:
        if path in files:
            path.write_text(files[path], encoding="utf-8")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
