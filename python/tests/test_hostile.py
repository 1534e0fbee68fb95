# SPDX-License-Identifier: MIT
"""Mutated files: a result or an Error, never anything else. LONG=1: 100,000 of them. A process dies for a fault in memory where the
extension is built for the address sanitizer; ``make check-python`` runs this file so."""
import os
import sys

import pytest
from conftest import LONG, TESTDATA
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exifnorm

FILES = [path.read_bytes() for path in sorted(TESTDATA.rglob("*")) if path.is_file() and path.stat().st_size < 40_000]
EXAMPLES = int(os.environ.get("EXAMPLES", 100_000 if LONG else 300))
STATUSES = {"not-an-image", "corrupt", "unsupported", "limit", "refused", "cancelled"}


@st.composite
def mutated(draw):
    data = bytearray(draw(st.sampled_from(FILES)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        # Most of what can go wrong is in the first few hundred bytes.
        at = at % 700 if draw(st.booleans()) else at
        kind = draw(st.sampled_from(["byte", "cut", "insert", "delete", "word"]))
        if kind == "cut":
            del data[at:]
        elif kind == "delete":
            del data[at : at + draw(st.integers(1, 40))]
        elif kind == "insert":
            data[at:at] = draw(st.binary(min_size=1, max_size=40))
        elif kind == "word":
            data[at : at + 2] = draw(st.sampled_from([b"\xff\xff", b"\0\0", b"\xff\xd9", b"\xff\xda", b"\x7f\xff"]))
        elif data:
            data[min(at, len(data) - 1)] = draw(st.integers(0, 255))
    return bytes(data)


options = st.fixed_dictionaries({}, optional={
    "mode": st.sampled_from(["bake", "drop"]), "edges": st.sampled_from(["requantize", "refuse"]), "on_damage": st.sampled_from(["fail", "decode"]),
    "strict": st.booleans(), "verify": st.booleans(), "max_pixels": st.integers(0, 10**7), "timeout": st.just(60)})


@settings(max_examples=EXAMPLES, deadline=None, derandomize=not LONG, database=None, suppress_health_check=list(HealthCheck))
@given(mutated(), options, st.integers(0, 8))
def test_mutated_files(data, options, orientation):
    if orientation and options.get("mode") == "drop":
        return
    try:
        result = exifnorm.orient(data, orientation, **options) if orientation else exifnorm.normalize(data, **options)
    except exifnorm.Error as error:
        assert error.status in STATUSES and (error.found is None or error.found.outcome == "failed")
        return
    if result.data is not data:
        assert exifnorm.check(result.data).unambiguous
        assert result.size_after == exifnorm.check(result.data).size_before


@pytest.mark.parametrize("how", [{}, {"verify": True}, {"on_damage": "decode"}])
def test_what_was_found_by_others(how):
    """Files that fuzzing has found, by the calls that people make."""
    found = sorted(path for path in (TESTDATA.parent / "tests" / "fuzz" / "corpus" / "image").iterdir() if path.is_file())
    assert len(found) > 100
    for path in found:
        try:
            exifnorm.normalize(path.read_bytes(), timeout=60, **how)
        except exifnorm.Error as error:
            assert error.status in STATUSES


@pytest.mark.skipif("libasan" in os.environ.get("LD_PRELOAD", ""), reason="the program is not built for it")
def test_a_column_of_mutated_files():
    import pyarrow as pa

    files = [data[: len(data) * i // 9] for data in FILES[::3] for i in range(10)]
    made = exifnorm.normalize_batch(pa.array(files, pa.binary()))
    made.validate(full=True)
    for data, row in zip(files, made.to_pylist()):
        try:
            output = exifnorm.normalize(data).data
            assert row["data"] == output and row["status"] == "ok"
        except exifnorm.Error as error:
            assert (row["data"], row["status"]) == ((data, "ok") if error.status == "not-an-image" else (None, error.status))


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
