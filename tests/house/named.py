# SPDX-License-Identifier: MIT
"""Checks that files named in comments and docstrings exist, so that nobody looks for a file that has been renamed.
named.py [TREE]: exit status 1 and the names that lead nowhere."""
import ast
import io
import os
import re
import sys
import tokenize

# Files of other projects: libjpeg, zlib, cmocka, ImageMagick, pycocotools, Ultralytics.
OTHERS = {"jcmaster.c", "jcphuff.c", "jmemnobs.c", "zlib.h", "cmocka.h", "coders/png.c", "maskApi.c", "maskApi.h", "data/utils.py"}
NAME = re.compile(r"[A-Za-z_][\w/]*\.(?:c|h|py|sh)\b")


def of_c(text):
    for comment in re.finditer(r"/\*.*?\*/", text, re.S):
        yield text.count("\n", 0, comment.start()) + 1, comment[0]


def of_python(text):
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node):
            yield node.body[0].lineno, ast.get_docstring(node)


os.chdir(sys.argv[1] if len(sys.argv) > 1 else ".")
paths = sorted(os.path.join(folder, name) for top in ("src", "include", "tests", "python") for folder, _, names in os.walk(top) for name in names
               if "build" not in folder.split(os.sep))  # python/build: what a package is built from
there = {path[i:] for path in paths for i in range(len(path)) if i == 0 or path[i - 1] == "/"}
bad = 0
for path in paths:
    comments = of_c if path.endswith((".c", ".h")) else of_python if path.endswith(".py") else None
    if comments is None or path.startswith("tests/header/first/"):
        continue
    with open(path, encoding="utf-8") as file:
        found = list(comments(file.read()))
    for line, comment in found:
        for name in NAME.findall(comment):
            if name not in there and name not in OTHERS:
                print(f"{path}:{line}: there is no {name}")
                bad += 1
sys.exit(bad > 0)
