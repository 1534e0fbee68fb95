#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads clang's syntax tree of the header, as generators of bindings do: tree.py NAMES <ast.json; NAMES has a function on each line.

Every declaration is one that a generator takes: enums whose numbers are all written, structs without bit fields, unions, or members of no
name, functions without variable arguments or bodies."""
import json
import sys

functions, enums, structs = set(), 0, 0


def is_ours(node):
    place = node.get("loc", {})
    return node.get("name", "").startswith(("exn_", "EXN_")) and not place.get("includedFrom", {}).get("file", "").endswith("nothing")


for node in json.load(sys.stdin)["inner"]:
    kind, inner = node["kind"], node.get("inner", [])
    if not is_ours(node):
        continue
    if kind == "FunctionDecl":
        assert not node.get("variadic") and not node.get("inline"), node["name"]
        assert not any(i["kind"] == "CompoundStmt" for i in inner), f"{node['name']} has a body"
        functions.add(node["name"])
    elif kind == "EnumDecl":
        enums += 1
        for value in inner:
            if value["kind"] == "EnumConstantDecl":
                assert value.get("inner"), f"{value['name']} has no number of its own"
    elif kind == "RecordDecl":
        structs += node["tagUsed"] == "struct"
        assert node["tagUsed"] == "struct", node["name"]
        for field in inner:
            assert field["kind"] != "FieldDecl" or (field.get("name") and not field.get("isBitfield")), node["name"]
    else:
        assert kind == "TypedefDecl", f"{node['name']} is a {kind}"

wanted = set(open(sys.argv[1], encoding="ascii").read().split())
assert functions == wanted, functions ^ wanted
assert enums >= 12 and structs >= 6, (enums, structs)
print(f"{len(functions)} functions, {enums} enums, {structs} structs")
