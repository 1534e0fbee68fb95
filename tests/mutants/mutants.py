#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts small faults into the sources, one at a time, and says which of them no test sees.

The table (table.toml) names each by an exact piece of text in one file, what stands there instead, and the tests that are
nearest to it. A text that is not found exactly once, or a change that does not compile, is an error of the table, and nothing
is run. For each mutant the nearest tests are run first, then, unless --nearest is given, all others, the quickest first: for the
library all C tests and the scripts that the table names for it, for the program all scripts. The first that fails catches it, and a
C test ends at its first failure. Everything happens in copies of the tree below build/mutants, which are built by increments.

A test that takes longer than the limit is run once more with twice the time. Only what is over that, too, counts as caught: the
limit is a multiple of what the test takes unchanged, but the machine may be at work for others.

Results are kept (results.jsonl) and not asked for again while tree and entry stay the same. Which mutants belong to a part is
decided by the hash of their name, so a part is the same everywhere."""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import queue
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
BARS = {'library': 95, 'program': 90}  # per cent of those that are not equivalent
SCRATCH = 'build/m'  # the copies' BUILD: paths in messages stay short
MAKE = ['make', '--no-print-directory', '-s', f'BUILD={SCRATCH}', 'CFLAGS=-O2 -g0 -Wno-error']
# What looks at tools, texts and builds sees no change of the program.
NOT_OF_THE_PROGRAM = {'cli/bench', 'cli/hardening', 'cli/man', 'cli/package', 'cli/replay', 'cli/scale', 'cli/schema'}
PROGRAM = ['exifnorm', 'exifnorm-hooks', 'killer.so', 'planter.so', 'shortener.so', 'untyped.so', 'without']


class TableError(Exception):
    """The table and the tree do not belong together."""


def tracked():
    """Paths of the files that belong to the tree, also new ones, but none that git is told to ignore."""
    try:
        out = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], cwd=TOP, check=True,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    except (OSError, subprocess.CalledProcessError):  # a tree without git
        out = '\0'.join(str(p.relative_to(TOP)) for p in TOP.rglob('*') if p.relative_to(TOP).parts[0] not in ('build', '.git'))
    return sorted(name for name in out.split('\0') if name and (TOP / name).is_file())


def tree_hash(files):
    """Of all that a verdict may depend on."""
    total = hashlib.sha256()
    for name in files:
        if name.startswith(('src/', 'include/', 'tests/', 'testdata/', 'Makefile')) and name != 'tests/mutants/table.toml':
            total.update(name.encode() + b'\0' + hashlib.sha256((TOP / name).read_bytes()).digest())
    return total.hexdigest()[:16]


def pattern_of(text):
    """The text, however its white space is laid out: a formatter may have broken a line elsewhere. It ends no longer word, and begins none."""
    words = r'\s+'.join(re.escape(word) for word in text.split())
    return re.compile((r'\b' if re.match(r'\w', text) else '') + words + (r'\b' if re.search(r'\w$', text) else ''))


def find_text(old, hint, sources):
    """(path, span) of the only place where the text stands: in the file of that name, or, where it has moved, in any other."""
    pattern, near = pattern_of(old), [f for f in sources if os.path.basename(f) == hint]
    for among in near, sources:
        found = [(f, m.span()) for f in among for m in pattern.finditer(sources[f])]
        if len(found) == 1:
            return found[0]
        if found:
            raise TableError(f'its text is {len(found)} times in {", ".join(sorted({f for f, _ in found}))}')
    raise TableError('its text is nowhere')


class Mutant:
    """One entry of the table, found in the sources."""

    def __init__(self, entry, nearest, sources):
        self.name = entry['id']
        self.old, self.new = entry['old'], entry['new']
        self.equivalent = entry.get('equivalent')
        self.tests = list(dict.fromkeys(entry.get('tests', []) + nearest.get(entry['file'], [])))
        if not self.tests:
            raise TableError('no test is near it')
        if self.old.split() == self.new.split():
            raise TableError('it changes nothing')
        self.path, (start, end) = find_text(self.old, entry['file'], sources)
        self.whole = sources[self.path]
        self.text = self.whole[:start] + self.new + self.whole[end:]
        self.key = hashlib.sha256(json.dumps([self.path, self.old, self.new, self.tests]).encode()).hexdigest()[:16]

    @property
    def kind(self):
        return 'program' if self.path.startswith('src/cli/') else 'library'

    @property
    def folder(self):
        return os.path.dirname(self.path)

    def part_of(self, parts):
        return int(hashlib.sha256(self.name.encode()).hexdigest(), 16) % parts


def read_table(files):
    table = tomllib.loads((HERE / 'table.toml').read_text())
    unknown = set(table) - {'nearest', 'library-scripts', 'mutant'}
    if unknown:
        raise TableError(f'unknown words in the table: {unknown}')
    sources = {f: (TOP / f).read_text() for f in files if re.fullmatch(r'src/.*\.[ch]', f)}
    mutants, faults = [], []
    for entry in table['mutant']:
        try:
            mutants.append(Mutant(entry, table['nearest'], sources))
        except TableError as fault:
            faults.append(f"{entry['id']} ({entry['file']}): {fault}: {entry['old']!r}")
    names = [m.name for m in mutants]
    faults += [f'{n}: two entries have this name' for n in sorted(set(names)) if names.count(n) > 1]
    known = {f'cli/{pathlib.Path(f).stem}' for f in files if re.fullmatch(r'tests/cli/\w+\.sh', f)}
    known |= {pathlib.Path(f).stem for f in files if re.fullmatch(r'tests/test_\w+\.c', f)}
    faults += [f'{m.name}: there is no test {t}' for m in mutants for t in m.tests if t not in known]
    faults += [f'library-scripts: there is no test {t}' for t in table['library-scripts'] if t not in known]
    if faults:
        raise TableError('\n'.join(faults))
    scripts = {t for t in known if t.startswith('cli/')} - NOT_OF_THE_PROGRAM - {'cli/lib', 'cli/killed_lib'}
    others = {'library': [t for t in known if t.startswith('test_')] + table['library-scripts'],
              'program': sorted(scripts) + ['test_wire', 'test_worker', 'test_siphash', 'test_tar_head']}
    return sorted(mutants, key=lambda m: (m.kind, m.path, m.name)), others


class Tree:
    """A copy of the tree in which one mutant at a time is built and tested."""

    def __init__(self, top, limit, takes):
        self.top, self.limit, self.takes = top, limit, takes
        self.env = dict(os.environ, MAKEFLAGS='', EXIFNORM=str(top / SCRATCH / 'exifnorm'), TMPDIR=str(top / 'tmp'), CMOCKA_TEST_ABORT='1')

    def update(self, files):
        """Brings the copy up to date; what has not changed keeps its time."""
        for old in [p for p in self.top.glob('*') if p.name not in ('build', 'tmp')]:
            for path in [old] if old.is_file() else old.rglob('*'):
                if path.is_file() and str(path.relative_to(self.top)) not in files:
                    path.unlink()
        for name in files:
            source, copy = TOP / name, self.top / name
            if not copy.exists() or copy.read_bytes() != source.read_bytes():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, copy)
        (self.top / 'tmp').mkdir(parents=True, exist_ok=True)

    def run(self, command, limit):
        """Exit status and output; None: the time is up, and the whole session was killed."""
        process = subprocess.Popen(command, cwd=self.top, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            out, _ = process.communicate(timeout=limit)
            return process.returncode, out.decode(errors='replace')
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None, ''

    def build(self, tests, jobs=1):
        """All that these tests run; nothing is made that they do not need."""
        targets = {t for test in tests for t in (PROGRAM if test.startswith('cli/') else [f'tests/{test}'])}
        return self.run(MAKE + [f'-j{jobs}'] + sorted(f'{SCRATCH}/{t}' for t in targets), 1800)

    def passes(self, test):
        """(whether it passes, why not)"""
        command = ['sh', f'tests/{test}.sh'] if test.startswith('cli/') else [f'{SCRATCH}/tests/{test}']
        limit = self.limit + 20 * self.takes.get(test, 0)
        for limit in limit, 2 * limit:
            start = time.monotonic()
            status, out = self.run(command, limit)
            if status is not None:
                break
        else:
            return False, f'{test}: over {limit:.0f} s, twice'
        self.takes.setdefault(test, time.monotonic() - start)
        told = [line for line in out.splitlines() if re.search(r'FAILED|ERROR|LINE|Assertion|runtime error', line)]
        return status == 0, f'{test}: status {status}: {told[0].strip() if told else ""}'

    def judge(self, mutant, tests):
        """What becomes of a mutant: ('caught', by what), ('survived', ''), ('broken', the compiler's words)."""
        path = self.top / mutant.path
        path.write_text(mutant.text)
        try:
            near = len(mutant.tests)
            # The nearest tests one by one, since the first will do mostly; then all others at once.
            for group in [[test] for test in tests[:near]] + [sorted(tests[near:], key=lambda t: self.takes.get(t, 1))]:
                status, out = self.build(group) if group else (0, '')
                if status != 0:
                    return 'broken', out[-800:]
                for test in group:
                    passed, why = self.passes(test)
                    if not passed:
                        return 'caught', why
            return 'survived', ''
        finally:
            path.write_text(mutant.whole)


class Results:
    """What was found out, on disk line by line, so that a run that was ended goes on."""

    def __init__(self, path, tree, older):
        self.path, self.tree, self.lock, self.known = path, tree, threading.Lock(), {}
        if path.exists():
            for line in path.read_text().splitlines():
                r = json.loads(line)
                if r['tree'] == tree or (older and r['verdict'] == 'caught'):
                    self.known[r['key']] = r

    def add(self, mutant, verdict, why, tests, seconds):
        r = {'tree': self.tree, 'key': mutant.key, 'id': mutant.name, 'verdict': verdict, 'why': why, 'all': tests,
             'seconds': round(seconds, 1)}
        with self.lock:
            self.known[mutant.key] = r
            with self.path.open('a') as file:
                file.write(json.dumps(r) + '\n')
        return r


def prepare(root, jobs, limit, files, tests):
    """The copies; every test that is named passes in the first of them, unchanged."""
    takes = {}
    trees = [Tree(root / f'tree{n}', limit, takes) for n in range(jobs)]
    trees[0].update(files)
    status, out = trees[0].build(tests, jobs)
    if status != 0:
        raise TableError(f'the tests cannot be built without any change:\n{out}')
    for tree in trees[1:]:
        if not (tree.top / SCRATCH).exists():
            tree.top.mkdir(parents=True, exist_ok=True)
            subprocess.run(['cp', '-a', f'{trees[0].top}/.', str(tree.top)], check=True)
        tree.update(files)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        # All in the first: the others may be older, and are brought up to date by make.
        failed = [test for test, (passed, _) in zip(tests, pool.map(trees[0].passes, tests)) if not passed]
    # Alone, those that a busy machine may have failed.
    failed = [why for passed, why in map(trees[0].passes, failed) if not passed]
    if failed:
        raise TableError('without any change there fails\n' + '\n'.join(failed))
    return trees


def report(mutants, results):
    """The table by folder, and whether the bars are kept."""
    rows, ok = {}, True
    for m in mutants:
        for name in (m.folder, 'all of the ' + m.kind):
            row = rows.setdefault(name, {'kind': m.kind, 'caught': 0, 'survived': 0, 'equivalent': 0})
            verdict = results.known[m.key]['verdict']
            row['equivalent' if m.equivalent and verdict == 'survived' else verdict] += 1
    lines = ['| folder | mutants | caught | survived | equivalent | of those that are not |', '|' + ' --- |' * 6]
    for name in sorted(rows):
        r = rows[name]
        counted = r['caught'] + r['survived']
        score = 100 * r['caught'] / counted if counted else 100
        lines.append(f"| {name} | {counted + r['equivalent']} | {r['caught']} | {r['survived']} | {r['equivalent']} | {score:.1f} % |")
        ok = ok and (not name.startswith('all') or score >= BARS[r['kind']])
    return lines, ok


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('-j', type=int, default=1, metavar='N', help='copies that are worked in at once')
    parser.add_argument('--part', type=int, metavar='N', help='only every Nth mutant: always the same ones')
    parser.add_argument('--nearest', action='store_true', help='only the nearest tests, and each has to be caught')
    parser.add_argument('--limit', type=int, default=60, metavar='S',
                        help='seconds that one test may take, beside 20 times what it takes unchanged')
    parser.add_argument('--older', action='store_true', help='believe an older tree, too, of what was caught')
    parser.add_argument('--check', action='store_true', help='only look whether table and tree belong together')
    parser.add_argument('--build', default='build/mutants', help='where the copies and the results are')
    parser.add_argument('only', nargs='*', help='names, or parts of names, of mutants; none: all')
    a = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    files = tracked()
    mutants, others = read_table(files)
    if a.part:
        mutants = [m for m in mutants if m.part_of(a.part) == 0]
    if a.only:
        mutants = [m for m in mutants if any(word in m.name or word == os.path.basename(m.path) for word in a.only)]
    if a.check or not mutants:
        print('\n'.join(f'{m.path}: {m.name}' for m in mutants))
        print(f'{len(mutants)} mutants; the table and the tree belong together')
        return 0 if mutants else 1
    root = TOP / a.build
    root.mkdir(parents=True, exist_ok=True)
    results = Results(root / 'results.jsonl', tree_hash(files), a.older)

    def is_known(m):
        r = results.known.get(m.key)
        return r and (r['verdict'] == 'caught' or r['all'] or a.nearest or m.equivalent)

    left = [m for m in mutants if not is_known(m)]
    print(f'{len(mutants)} mutants, {len(left)} of them not yet judged', flush=True)
    trees = queue.SimpleQueue()
    if left:
        asked = {t for m in left for t in m.tests}
        if not a.nearest:
            asked |= {t for m in left if not m.equivalent for t in others[m.kind]}
        for tree in prepare(root, a.j, a.limit, files, sorted(asked)):
            trees.put(tree)

    def work(group):
        tree = trees.get()
        for m in group:
            start = time.monotonic()
            every = not a.nearest and not m.equivalent
            more = [t for t in others[m.kind] if t not in m.tests] if every else []
            verdict, why = tree.judge(m, m.tests + more)
            results.add(m, verdict, why, every, time.monotonic() - start)
            print(f'{verdict:9}{m.name}  {why.splitlines()[0] if why else ""}', flush=True)
        trees.put(tree)

    # Of one file in one copy: what was changed for the last one is compiled anew only once. Few at a time, so that all end together.
    groups = [[m for m in left if m.path == path] for path in dict.fromkeys(m.path for m in left)]
    groups = [g[n:n + 6] for g in groups for n in range(0, len(g), 6)]
    with concurrent.futures.ThreadPoolExecutor(a.j) as pool:
        list(pool.map(work, groups))

    broken = [m for m in mutants if results.known[m.key]['verdict'] == 'broken']
    for m in broken:
        print(f"ERROR: {m.name} does not compile:\n{results.known[m.key]['why']}", file=sys.stderr)
    if broken:
        return 2
    lines, ok = report(mutants, results)
    print('\n'.join(lines))
    (root / 'table.md').write_text('\n'.join(lines) + '\n')
    wrong = [m for m in mutants if m.equivalent and results.known[m.key]['verdict'] == 'caught']
    for m in wrong:
        print(f"ERROR: {m.name} is called equivalent, but {results.known[m.key]['why']}", file=sys.stderr)
    alive = [m for m in mutants if not m.equivalent and results.known[m.key]['verdict'] == 'survived']
    for m in alive:
        print(f'SURVIVED: {m.name}: {m.path}: {" ".join(m.old.split())} -> {" ".join(m.new.split())}')
    return 1 if wrong or (alive if a.nearest else not ok) else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except TableError as error:
        print(f'mutants: {error}', file=sys.stderr)
        sys.exit(2)
