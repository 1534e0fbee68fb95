#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How large things are, and how much of them is said in words.

sizes.py [FOLDER...] (src include): a row of files, lines, the largest file, functions with the median and the largest of their lines, and the
percentage of lines with a comment; then the functions above 60 lines, and the .c files above 500: exit status 1 if there is one.
--files: a row for each file, by its share of comments."""
import glob
import os
import re
import statistics
import sys


def functions(lines):
    """(name, lines) of each, in the one layout that clang-format leaves: a brace in the first column opens and closes it."""
    start = None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
            while start > 0 and lines[start - 1].strip() and not lines[start - 1].rstrip().endswith((";", "}", "*/")):
                start -= 1
        elif line.startswith("}") and start is not None:
            if line == "}":
                name = re.search(r"(\w+)\(", " ".join(lines[start:number]))
                yield name.group(1) if name else "?", number - start + 1
            start = None


def comment_lines(text):
    """Lines with a comment. Literals are taken out first, since they may hold what looks like one."""
    text = re.sub(r'"(\\.|[^"\\\n])*"|\'(\\.|[^\'\\\n])*\'', "0", text)
    marked = re.sub(r"/\*.*?\*/|//[^\n]*", lambda comment: re.sub(r"[^\n]+", "\0", comment.group()), text, flags=re.S)
    return sum("\0" in line for line in marked.splitlines())


folders = [argument for argument in sys.argv[1:] if not argument.startswith("--")] or ["src", "include"]
files = []
for path in sorted(path for folder in folders for path in glob.glob(folder + "/**/*.[ch]", recursive=True)):
    with open(path) as file:
        text = file.read()
    lines = text.splitlines()
    files.append((path, len(lines), comment_lines(text), list(functions(lines))))
if "--files" in sys.argv:
    for path, all_lines, comments, _ in sorted(files, key=lambda file: file[2] / file[1]):
        print(f"{100 * comments / all_lines:5.1f} % of {all_lines:5}  {path}")
    sys.exit()
found = [(size, name, path) for path, _, _, inside in files for name, size in inside]
sizes = [size for size, _, _ in found]
largest = max(files, key=lambda file: file[1])
total, comments = (sum(file[i] for file in files) for i in (1, 2))
print(f"{len(files)} files, {total} lines, the largest {largest[1]} ({os.path.basename(largest[0])}); {len(sizes)} functions, "
      f"median {statistics.median(sizes):.0f}, largest {max(sizes)} ({max(found)[1]}); {100 * comments / total:.1f} % comments")
for size, name, path in sorted(found, reverse=True):
    if size > 60:
        print(f"{size:6} lines  {name}  {path}")
long = [(lines, path) for path, lines, *_ in files if lines > 500 and path.endswith(".c")]
for lines, path in sorted(long, reverse=True):
    print(f"{lines:6} lines  {path}: it has more than one reason; split it")
sys.exit(bool(long))
