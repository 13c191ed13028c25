"""The name of an uploaded file as the client sent it."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import FileStorage, Headers

from HttpServerLibrary.engine.message.multipart import filename_as_sent

# So many that trying all ways to read them would never end.
MANY = "\\" * 1000


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('form-data; name="a"; filename="report.csv"', "parsed"),
        ('form-data; name="a"; filename="C:\\temp\\report.csv"', "C:\\temp\\report.csv"),
        ('form-data; name="a"; FileName="a\\b\\"c%22"', 'a\\b"c"'),
        ('form-data; name="a"; filename="C:\\temp\\"', "C:\\temp\\"),
        ('form-data; name="a"; filename="a\\\\b"', "parsed"),
        ('form-data; name="a"; filename="a\\"b"', "parsed"),
        ('form-data; name="a"; filename="C:\\temp', "parsed"),
        ("form-data; name=a; filename=report.csv", "parsed"),
        (f'form-data; filename=a; filename="{MANY}', "parsed"),
        (f'form-data; filename="{MANY}a\\b"', f"{MANY}a\\b"),
        ("", "parsed"),
    ],
    ids=lambda value: value[:60],
)
def test_filename_as_sent(disposition: str, name: str) -> None:
    file = FileStorage(filename="parsed", headers=Headers({"Content-Disposition": disposition}))
    assert filename_as_sent(file) == name


def test_a_part_that_is_no_file() -> None:
    assert filename_as_sent(FileStorage(headers=Headers({"Content-Disposition": 'form-data; filename="a\\b"'}))) is None
