# make              build/exifnorm, build/libexifnorm.a, build/libexifnorm.so
# make test         the tests, as many at a time as -j says: a minute and a half on two cores; make check: the same
# make check-more   more of the same than make test has time for (three minutes)
# make check-long   the whole oracle matrix, real files if there are any, and 100,000 files
# make check-x87    what requantizing gives where floats are added in a wider type (gcc, x86)
# make check-jpeg8  builds Debian's libjpeg-turbo with the ABI that Ubuntu has, and tests against it (apt-get, cmake, nasm): all, or JPEG8_RUNS=run-test_png
# make check-aarch64  a cross build against Debian's packages, run in qemu-user (apt-get, gcc-aarch64-linux-gnu, qemu-user)
# make check-musl   a static build with musl and libraries from Debian's sources (apt-get, musl-tools, cmake, gperf)
# make check-browser  what Chromium and Firefox show of sources and products (chromium, firefox-esr, node, npm)
# make check-recipes  the recipes of docs/pipelines.md, with DVC and a stand-in for S3 (python3-venv, git, PyPI)
# make check-python the Python package, built from here, and its tests; once more under the sanitizers (python3-venv, PyPI)
# make check-engines  the package in Ray Data, Spark, datasets, WebDataset and Daft (python3-venv, PyPI, a JVM)
# make check-s3     S3 for real: a server on loopback, aws, Ray, Spark, mounts (python3-venv, PyPI, a JVM, Maven Central, Go, rclone, s3fs)
# make wheel        the Python package as an sdist and a wheel that needs no libraries of the system (apt-get, dpkg-dev, cmake, PyPI)
# make check-wheel  the wheel in fresh venvs; check-wheel-bare: in bare Debian 12 and 13 (root, debootstrap); PYTHONS=python3.14, SUITES=sid=3.14: others
# make bench        speed, memory and size beside every peer that is installed (docs/performance.md); BENCH=--lean; JPEGTRAN=file: one more
# make bench-engines  images a second and memory in Ray Data, Spark, datasets, WebDataset and Daft, beside Pillow (as check-engines)
# make bench-python the package's cost beside the library and Pillow, two threads beside one (IMAGES=files)
# make testdata     the pictures of testdata/ and the seeds of fuzzing like them, made anew (python3)
# make fuzz         the libFuzzer targets with testdata/ as seeds (clang-14), or one: make fuzz-image; FUZZ_SECONDS=60 each, FUZZ_SEED=0 (random), FUZZ_RUNS=-1 (no limit)
# make mutants      small faults put into the sources one at a time: which of them no test sees (MUTANTS='-j2 segments.c'; --help)
# make house        which folder may include which, names of functions, files that comments name, format, words, sizes (tests/house); proof that each check can fail
# make coverage     which lines of the library the tests and the fuzzing corpora run (gcov)
# make growth       whether time grows with the size of hostile input and no faster (valgrind)
# make lint         static analysis without a finding (cppcheck, clang-tidy-14)
# make install      into DESTDIR and PREFIX (/usr/local): program, library, header, man page, pages, completions; make uninstall.
#                   SHARED=1: the program uses the installed shared library; else it holds the library's code itself.
#                   STATIC=1: it holds the code of libjpeg and all other libraries but the C library's, too, and starts sooner
# make deb          Debian packages in build/deb (dpkg-dev, debhelper)
# make check-deb    what is in them, twice the same bytes, and lintian (as make deb, and lintian)
# make sbom         what the build is made of: build/exifnorm.spdx.json (SPDX 2.3)
# make fuzz-replay  what fuzzing found, and testdata/, through the same targets (any compiler)
#
# CC=clang, SAN=address,undefined and BUILD=folder choose a configuration; each SAN has a folder of its own, so that
# objects of different kinds never meet. CPPFLAGS, CFLAGS, LDFLAGS and PKG_CONFIG are the builder's own (docs/building.md); WERROR=1: a warning is an error.

CC       ?= cc
PKG_CONFIG ?= pkg-config
WERROR   ?=
SHARED   ?=
STATIC   ?=
SAN      ?=
CLANG    ?= clang-14
CLANG_TIDY ?= clang-tidy-14
FUZZ_SECONDS ?= 60
FUZZ_SEED ?= 0
FUZZ_RUNS ?= -1
comma    := ,
DESTDIR  ?=
PREFIX   ?= /usr/local
BINDIR   ?= $(PREFIX)/bin
LIBDIR   ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR   ?= $(PREFIX)/share/man
DOCDIR   ?= $(PREFIX)/share/doc/exifnorm
BASHDIR  ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR   ?= $(PREFIX)/share/zsh/site-functions
BUILD    ?= build$(if $(SAN),/$(subst $(comma),-,$(SAN)))
PKGS     := expat libdeflate libexif libjpeg libmd libpng libwebp zlib
CLI_PKGS := jansson libmd libseccomp zlib
TEST_PKGS := cmocka jansson
# libarchive, libbz2, liblzma and libzstd are opened at run time, and only by runs that need them: only their headers are needed here.
CLI_HEADERS := archive.h bzlib.h lzma.h zstd.h
# What is opened by name, by the program and the library, when a run needs it.
OPENED   := bzip2 libarchive libheif liblzma libzstd

# Asked once, not for each object. What is missing is named by the rule of flags.
libs_of  = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null)
cflags_of = $(shell $(PKG_CONFIG) --cflags $(1) 2>/dev/null)
LIB_CFLAGS := $(call cflags_of,$(PKGS))
CLI_CFLAGS := $(call cflags_of,$(CLI_PKGS))
LIB_LIBS := $(call libs_of,$(PKGS)) -lm
CLI_LIBS := $(call libs_of,$(CLI_PKGS))
TEST_CFLAGS := $(call cflags_of,$(PKGS) $(TEST_PKGS))
TEST_LIBS := $(call libs_of,$(TEST_PKGS))

WARN     := -Wall -Wextra -Wpedantic $(if $(WERROR),-Werror)
CFLAGS   ?= -O2 -g
# Fortified calls need an optimizer, and sanitizers see more than they do.
FORTIFY   = $(if $(SAN),,$(if $(filter-out -O0,$(filter -O%,$(CFLAGS))),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3))
# Indirect branches land where the compiler meant them to (Intel CET), as far as the C library's own objects take part.
CET      := $(if $(findstring x86_64,$(shell $(CC) -dumpmachine 2>/dev/null)),-fcf-protection)
HARDEN    = -fstack-protector-strong -fstack-clash-protection $(CET) $(FORTIFY)
RELRO    := -Wl,-z,relro,-z,now
# Sums are the same on machines that can fuse them with products and on those that cannot.
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(WARN) -ffp-contract=off -fPIC -fvisibility=hidden -Iinclude -MMD -MP -MT $@ $(CPPFLAGS) $(CFLAGS) $(HARDEN) \
             $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
ALL_LDFLAGS = $(LDFLAGS) $(RELRO) $(if $(SAN),-fsanitize=$(SAN))

LIB_SRC  := $(sort $(wildcard src/lib/*.c src/lib/*/*.c))
CLI_SRC  := $(sort $(wildcard src/cli/*.c src/cli/*/*.c))
SUP_SRC  := $(sort $(wildcard tests/support/*.c))
TESTS    := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/test_*.c)))
FUZZ_TARGETS := image entropy segments metadata xml chunks webp heif convert tar json labels
# What a target takes of the program, and beside the library's packages: the tar path, held against libarchive itself.
FUZZ_CLI_tar := $(addprefix src/cli/,base/error.c base/io.c streams/library.c streams/packing.c streams/packing_bzip2.c streams/packing_gzip.c streams/packing_xz.c streams/packing_zstd.c base/signals.c streams/stream.c streams/tar_head.c streams/tar_reader.c base/text.c)
FUZZ_PKGS_tar := libarchive
REPLAYS  := $(addprefix $(BUILD)/fuzz/replay-,$(FUZZ_TARGETS))
VERSION  := $(shell sed -n 's/^.define EXN_VERSION "\(.*\)"/\1/p' include/exifnorm.h)
SONAME   := libexifnorm.so.0
SO       := libexifnorm.so.$(VERSION)
PROGRAM  := $(BUILD)/$(if $(SHARED),shared/,$(if $(STATIC),static/))exifnorm
obj       = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

# One word of a shell, whatever is in it.
quoted    = '$(subst ','\'',$(1))'

all: $(PROGRAM) $(BUILD)/libexifnorm.a $(BUILD)/$(SO) $(BUILD)/libexifnorm.so $(BUILD)/libexifnorm.pc

COMPILED_AS = $(subst -MT $@ ,,$(CC) $(ALL_CFLAGS) $(LIB_CFLAGS) $(CLI_CFLAGS))

# Holds how objects are compiled, and is newer than they are where that has changed. The first thing that is made: what is missing ends it at once.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@CC=$(call quoted,$(CC)) CPPFLAGS=$(call quoted,$(CPPFLAGS) $(CFLAGS)) PKG_CONFIG=$(call quoted,$(PKG_CONFIG)) sh .deb/needed.sh \
		$(sort $(PKGS) $(CLI_PKGS)) $(CLI_HEADERS) $(if $(filter built test check test-sanitized test-elsewhere test-without-proc check-more check-long run-%,$(MAKECMDGOALS)),$(filter-out $(PKGS) $(CLI_PKGS),$(TEST_PKGS)))
	@printf '%s\n' $(call quoted,$(COMPILED_AS)) | cmp -s - $@ || printf '%s\n' $(call quoted,$(COMPILED_AS)) >$@

# The wall: neither side of the house finds the other's headers; the program has the public one alone.
$(BUILD)/obj/src/lib/%.o: src/lib/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Isrc/lib $(LIB_CFLAGS) -c -o $@ $<

$(BUILD)/obj/src/cli/%.o: src/cli/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Isrc/cli $(CLI_CFLAGS) -c -o $@ $<

# Most of a test are calls that assert something: to optimize all of them takes longer than they run.
LESS      = $(if $(filter tests/test_%,$<),$(if $(filter -O2,$(CFLAGS)),-O1))
$(BUILD)/obj/tests/%.o: tests/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LESS) -Isrc/lib -Isrc/cli -Itests $(TEST_CFLAGS) -c -o $@ $<

# Loops over all of a picture: gcc makes vectors of them, and unrolls them, only from -O3 on.
$(call obj,src/lib/png/filter.c src/lib/png/grid.c src/lib/png/runs.c src/lib/jpeg/dct_block.c src/lib/jpeg/regrid.c src/lib/jpeg/entropy_end.c): CFLAGS += -O3

$(BUILD)/libexifnorm.a: $(call obj,$(LIB_SRC))
	rm -f $@
	$(AR) rcs $@ $^

# gcc hides no function that it compiles twice (target_clones), whatever its visibility: what is exported is what the header declares.
$(BUILD)/$(SO): include/exifnorm.h $(call obj,$(LIB_SRC))
	@{ echo '{ global:'; sed -n 's/^EXN_API .*[ *]\(exn_[a-z_]*\)(.*/\1;/p' $<; echo 'local: *; };'; } >$(BUILD)/libexifnorm.map
	$(CC) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=$(BUILD)/libexifnorm.map $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(LIB_LIBS)

$(BUILD)/libexifnorm.so: $(BUILD)/$(SO)
	ln -sf $(SO) $(BUILD)/$(SONAME)
	ln -sf $(SONAME) $@

# Made at every call, since it holds the folders of this one.
$(BUILD)/libexifnorm.pc: src/lib/libexifnorm.pc.in FORCE
	@mkdir -p $(@D)
	@{ printf '%s\n' $(call quoted,prefix=$(PREFIX)) $(call quoted,libdir=$(LIBDIR)) $(call quoted,includedir=$(INCLUDEDIR)); \
		sed -e 's|@VERSION@|$(VERSION)|' -e 's|@REQUIRES@|$(PKGS)|' $<; } >$@

$(BUILD)/exifnorm: $(call obj,$(CLI_SRC)) $(BUILD)/libexifnorm.a
	$(CC) -pie $(ALL_LDFLAGS) -o $@ $^ $(CLI_LIBS) $(LIB_LIBS)

# The same with the library's code once on the machine: it finds the library where the system's others are.
$(BUILD)/shared/exifnorm: $(call obj,$(CLI_SRC)) $(BUILD)/libexifnorm.so
	@mkdir -p $(@D)
	$(CC) -pie $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) -L$(BUILD) -lexifnorm $(CLI_LIBS) -lm

# The same with the code of all libraries but the C library's, which stays shared since the program opens others by it.
STATIC_LIBS = -Wl,-Bstatic $(filter-out -lm -lpthread -ldl,$(shell $(PKG_CONFIG) --static --libs $(CLI_PKGS) $(PKGS))) -Wl,-Bdynamic -lm
$(BUILD)/static/exifnorm: $(call obj,$(CLI_SRC)) $(BUILD)/libexifnorm.a
	@mkdir -p $(@D)
	$(CC) -pie $(ALL_LDFLAGS) -o $@ $^ $(STATIC_LIBS)

# The program with workers that misbehave on demand; tests/cli/workers.sh finds it beside the other.
$(BUILD)/obj/hooks/worker.o: src/cli/workers/worker.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DEXN_TEST_HOOKS -Isrc/cli -Itests/hooks -c -o $@ $<

$(BUILD)/exifnorm-hooks: $(filter-out %/cli/workers/worker.o,$(call obj,$(CLI_SRC))) $(BUILD)/obj/hooks/worker.o \
		$(call obj,tests/hooks/hooks.c tests/hooks/forger.c) $(BUILD)/libexifnorm.a
	$(CC) -pie $(ALL_LDFLAGS) -o $@ $^ $(CLI_LIBS) $(LIB_LIBS)

# What tests load before the program: tests/cli/resume.sh to end it at any of its system calls, tests/cli/paths.sh to change files
# while it runs, tests/cli/short.sh to shorten counts, tests/cli/tree.sh to leave types out of folders.
$(BUILD)/killer.so $(BUILD)/planter.so $(BUILD)/shortener.so $(BUILD)/untyped.so: $(BUILD)/%.so: tests/hooks/%.c
	@mkdir -p $(@D)
	$(CC) -shared $(filter-out -fsanitize% -fvisibility=hidden,$(ALL_CFLAGS)) -o $@ $< -ldl

$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(call obj,$(SUP_SRC)) $(BUILD)/libexifnorm.a
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(TEST_LIBS) $(LIB_LIBS)

# What runs the program on a kernel without one of its calls; tests/cli/calls.sh uses it.
# And where one fails once; tests/long/modes.sh uses that.
$(BUILD)/without $(BUILD)/failing: $(BUILD)/%: tests/hooks/%.c $(BUILD)/flags
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(CLI_LIBS)

# Its reader of PNG is broken on purpose.
$(BUILD)/tests/test_png_reader: ALL_LDFLAGS += -Wl,--wrap=exn_png_filter_undo

TEST_RUNS := $(patsubst $(BUILD)/tests/%,run-%,$(TESTS))
SCRIPT_RUNS := $(patsubst tests/cli/%.sh,run-cli-%,$(filter-out %lib.sh,$(sort $(wildcard tests/cli/*.sh))))

.SECONDARY:
.PHONY: $(addprefix fuzz-,$(FUZZ_TARGETS)) $(TEST_RUNS) $(SCRIPT_RUNS) many-entropy many-heif all built test check test-sanitized test-elsewhere test-without-proc bench check-more check-long check-x87 check-jpeg8 check-aarch64 check-musl run-requantizing check-browser check-tools check-recipes check-engines check-s3 wheel check-python check-python-plain check-python-sanitized testdata install uninstall deb sbom fuzz fuzz-replay coverage coverage-here growth lint clean FORCE

BENCH_TOOLS := $(BUILD)/bench/judge $(BUILD)/bench/make_pictures
MEASURE_TOOLS := $(BUILD)/measure/compare $(BUILD)/measure/once $(BUILD)/measure/gaps

# What measures is built too, so that it does not rot between two measurements.
built: all $(BUILD)/exifnorm $(BUILD)/shared/exifnorm $(BUILD)/exifnorm-hooks $(BUILD)/killer.so $(BUILD)/planter.so $(BUILD)/shortener.so $(BUILD)/untyped.so $(BUILD)/without $(BUILD)/failing $(TESTS) $(BENCH_TOOLS) $(MEASURE_TOOLS) $(REPLAYS)

# As many at a time as -j says; each prints when it has ended.
ifneq ($(filter test check test-sanitized,$(MAKECMDGOALS)),)
MAKEFLAGS += --output-sync=target
SCRATCH := $(shell sh tests/hooks/scratch.sh)
ifneq ($(SCRATCH),)
export TMPDIR := $(SCRATCH)
endif
endif

# The python3 of the tests, asked for once: what a version manager puts before it takes ten times as long to start. -S: without packages beside
# the standard library, which tests/cli/header.sh looks for by itself.
$(BUILD)/path/python3: FORCE
	@mkdir -p $(@D)
	@if python=$$(python3 -c 'import sys; print(sys.executable)' 2>/dev/null); then \
		printf '#!/bin/sh\nexec "%s" -S "$$@"\n' "$$python" >$@.new && chmod +x $@.new && mv $@.new $@; else rm -f $@; fi

tests_path = PATH="$$(cd $(call quoted,$(BUILD)/path) && pwd):$$PATH"

ready = $(if $(READY),,built $(BUILD)/path/python3)

$(TEST_RUNS): run-%: $(ready)
	@echo "== $*"; $(tests_path) $(BUILD)/tests/$*

$(SCRIPT_RUNS): run-cli-%: $(ready)
	@echo "== tests/cli/$*.sh"; $(tests_path) EXIFNORM=$(BUILD)/exifnorm sh tests/cli/$*.sh

# What waits most of its time, for time-outs, a disk or a terminal, is one job of make's, in which three run at a time.
WAITING := $(addprefix run-cli-,workers fault tar_faults direct resume resume_tar terminal progress calls report one_file stream)
RUN_WAITING = MAKEFLAGS= $(MAKE) -j3 --output-sync=target $(if $(findstring k,$(firstword -$(MAKEFLAGS))),-k) READY=yes BUILD=$(call quoted,$(BUILD)) $(WAITING)

.PHONY: run-waiting
run-waiting: built $(BUILD)/path/python3
	@$(RUN_WAITING)

# What takes longest begins first, so that no job is left to end alone.
LONGEST := run-waiting $(addprefix run-cli-,labels_move tar heif_convert) run-test_label_formats $(addprefix run-cli-,package tar_index html heif) \
	$(addprefix run-test_,previews xmp_thumbnails fault webp_rotate jpeg_damage png_pieces on_damage jpeg_entropy cancel) \
	$(addprefix run-cli-,sidecar signals schema scale labels_tar labels_masks in_place paths orientations messages write webp)
SHORTER := $(filter-out $(LONGEST) $(WAITING),$(SCRIPT_RUNS) $(TEST_RUNS))

test check: $(LONGEST) $(SHORTER)

# Without what builds, installs or reads pages: that runs nothing that a sanitizer has had a part in.
test-sanitized: $(filter-out $(addprefix run-cli-,bench building hardening header man package),$(LONGEST) $(SHORTER))

# A part of them for another user and another folder: what asks for files, names and rights.
test-elsewhere: $(filter-out %-bench %-package %-scale %-fault %-man,$(SCRIPT_RUNS)) run-test_check run-test_carried run-test_wire run-test_worker \
		run-test_png run-test_jpeg_limits run-test_verify

# And a part for a container without /proc, where the program finds its descriptors and its memory limit.
test-without-proc: $(addprefix run-cli-,calls direct link mode paths report resume short sparse stream tar tree workers write)

# What the tests leave out for the sake of time: more of the same. CI runs it.
check-more: built
	$(BUILD)/tests/test_fault --all
	$(BUILD)/tests/test_cancel --long
	$(BUILD)/tests/test_places_mutation --long
	$(BUILD)/tests/test_label_decimal --long
	LONG=1 $(BUILD)/tests/test_label_formats
	LONG=1 EXIFNORM=$(BUILD)/exifnorm sh tests/cli/labels_move.sh
	LONG=1 EXIFNORM=$(BUILD)/exifnorm sh tests/cli/in_place.sh
	LONG=1 EXIFNORM=$(BUILD)/exifnorm sh tests/cli/direct.sh

check-long: test check-more $(BUILD)/tests/long/one_process
	$(BUILD)/tests/test_jpeg_matrix --long
	$(BUILD)/tests/test_jpeg_entropy --long
	$(BUILD)/tests/test_jpeg_quality --long
	$(BUILD)/tests/test_fault --long
	LONG=1 EXIFNORM=$(BUILD)/exifnorm sh tests/cli/resume.sh
	LONG=1 EXIFNORM=$(BUILD)/exifnorm sh tests/cli/calls.sh
	LONG=1 EXIFNORM=$(BUILD)/exifnorm sh tests/cli/resume_tar.sh
	MUTATIONS=5000 EXIFNORM=$(BUILD)/exifnorm sh tests/cli/tar.sh
	FAULT_CALLS=all EXIFNORM=$(BUILD)/exifnorm sh tests/cli/fault.sh
	EXIFNORM=$(BUILD)/exifnorm sh tests/long/modes.sh
	EXIFNORM=$(BUILD)/exifnorm sh tests/long/slow.sh
	EXIFNORM=$(BUILD)/exifnorm sh tests/long/mounts.sh
	EXIFNORM=$(BUILD)/exifnorm sh tests/long/kills.sh
	FILES=10000 EXIFNORM=$(BUILD)/exifnorm sh tests/cli/check_reads.sh
	EXIFNORM=$(BUILD)/exifnorm python3 tests/long/corpus_tags.py
	EXIFNORM=$(BUILD)/exifnorm sh tests/long/slurm.sh
	EXIFNORM=$(BUILD)/exifnorm sh tests/long/large_tar.sh
	EXIFNORM=$(BUILD)/exifnorm python3 tests/long/large_coco.py testdata/jpeg/landscape-6.jpg
	EXIFNORM=$(BUILD)/exifnorm ONE_PROCESS=$(BUILD)/tests/long/one_process sh tests/long/many.sh

# Not every machine adds floats as floats; of the x87 this one can be made to (FLT_EVAL_METHOD 2).
check-x87:
	$(MAKE) BUILD=$(BUILD)/x87 CC=gcc CFLAGS="-O2 -g -mfpmath=387" run-requantizing

run-requantizing: $(BUILD)/tests/test_jpeg_quality $(BUILD)/tests/test_jpeg_chroma
	@set -e; for t in $^; do $$t; done

JPEG8_RUNS ?= test

check-jpeg8:
	+sh tests/ports/jpeg8.sh $(BUILD)/jpeg8 $(JPEG8_RUNS)

# In qemu-user, which takes ten times as long: those that ask what pixels and bytes are made, and take seconds.
AARCH64_RUNS ?= test_arguments test_carried test_exif test_exif_thumbnail test_exif_values test_jpeg_limits test_jpeg_matrix test_jpeg_reading test_orientation test_png_runs

check-aarch64: $(BUILD)/exifnorm
	+sh tests/ports/aarch64.sh $(BUILD)/aarch64 $< $(AARCH64_RUNS)

check-musl: $(BUILD)/exifnorm
	+sh tests/ports/musl.sh $(BUILD)/musl $<

# What docs/pipelines.md says, with the tools that it is about.
check-recipes: $(BUILD)/exifnorm
	sh tests/recipes/run.sh $(BUILD)/recipes $<

# Other people's tools read what was moved.
check-tools: $(BUILD)/tests/test_label_formats $(BUILD)/exifnorm
	sh tests/tools/run.sh $< $(BUILD)/tools $(BUILD)/exifnorm

check-browser: $(BUILD)/exifnorm
	EXIFNORM=$< sh tests/browser/page.sh
	EXIFNORM=$< sh tests/browser/run.sh

# What the package is built with and tested by, from PyPI, is pinned, each list in a venv of its own.
VENV ?= $(BUILD)/python/venv
ENGINES ?= $(BUILD)/python/engines

$(VENV)/done: python/tests/requirements.txt
$(ENGINES)/done: python/tests/engines/requirements.txt
$(VENV)/done $(ENGINES)/done:
	rm -rf $(@D)
	python3 -m venv $(@D)
	$(@D)/bin/python -m pip install -q --disable-pip-version-check -r $<
	touch $@

# One after the other: pip builds both in the folder python.
check-python:
	$(MAKE) check-python-plain
	$(MAKE) check-python-sanitized

# pip builds in the folder itself, where what a module was before its name changed would stay.
PIP_INSTALL = rm -rf python/build && EXIFNORM_BUILD=$(abspath $(1)) $(2)/bin/python -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps

check-python-plain: $(BUILD)/exifnorm $(BUILD)/libexifnorm.a $(VENV)/done
	$(call PIP_INSTALL,$(BUILD),$(VENV)) --force-reinstall ./python
	cd python/tests && $(abspath $(VENV))/bin/python -m pytest

# An sdist, and of it a manylinux wheel with all libraries, into build/python/wheel/dist (apt-get, dpkg-dev, cmake).
wheel: $(BUILD)/exifnorm $(BUILD)/libexifnorm.a $(VENV)/done
	$(VENV)/bin/python -m pip install -q --disable-pip-version-check -r python/tests/wheel.txt
	EXIFNORM_BUILD=$(abspath $(BUILD)) sh python/wheel.sh $(BUILD)/python/wheel $(VENV)

# The wheel as users get it: in a fresh venv of each Python that is here, and in Debians that have nothing but their own (root, debootstrap).
.PHONY: check-wheel check-wheel-bare
check-wheel: wheel
	sh python/tests/fresh.sh $(BUILD)/python/fresh $(BUILD)/python/wheel/dist/*.whl $(PYTHONS)

check-wheel-bare: wheel
	$(call PIP_INSTALL,$(BUILD),$(VENV)) --force-reinstall ./python
	sh python/tests/bare.sh $(BUILD)/python/bare $(VENV) $(BUILD)/python/wheel/dist/*.whl $(SUITES)

# A JVM that runs for seconds is better off without its second compiler and its collector's threads: 37 s of CPU time for 76, of test_spark.py.
QUICK_JVM := JAVA_TOOL_OPTIONS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

# Each engine is run for real; none asks a hub or tells anybody of it.
check-engines: $(BUILD)/exifnorm $(BUILD)/libexifnorm.a $(ENGINES)/done
	$(call PIP_INSTALL,$(BUILD),$(ENGINES)) --force-reinstall ./python
	cd python/tests && $(QUICK_JVM) HF_HUB_OFFLINE=1 RAY_USAGE_STATS_ENABLED=0 DO_NOT_TRACK=1 $(abspath $(ENGINES))/bin/python -m pytest engines

# What a job costs in each of them, beside Pillow in the same one; root. BENCH='--images 100000 --only ray spark'; --help.
.PHONY: bench-engines
bench-engines: $(BUILD)/exifnorm $(BUILD)/libexifnorm.a $(ENGINES)/done
	$(call PIP_INSTALL,$(BUILD),$(ENGINES)) --force-reinstall ./python
	$(ENGINES)/bin/python tests/bench/engines.py --folder $(BUILD)/bench/engines $(BENCH)

.PHONY: bench-python
bench-python: $(ENGINES)/done
	$(ENGINES)/bin/python tests/bench/python.py $(IMAGES)

# A real S3 server on loopback, built by Go; aws comes with the engines, rclone and s3fs are Debian's. What Spark loads for s3a:// stays in ivy.
VERSITYGW := $(BUILD)/python/versitygw
$(VERSITYGW):
	GOBIN=$(abspath $(@D)) go install github.com/versity/versitygw/cmd/versitygw@v1.8.0

check-s3: $(BUILD)/exifnorm $(BUILD)/libexifnorm.a $(ENGINES)/done $(VERSITYGW)
	$(call PIP_INSTALL,$(BUILD),$(ENGINES)) --force-reinstall ./python
	cd python/tests && $(QUICK_JVM) VERSITYGW=$(abspath $(VERSITYGW)) IVY=$(abspath $(BUILD)/python/ivy) RAY_USAGE_STATS_ENABLED=0 $(abspath $(ENGINES))/bin/python -m pytest -rs s3

# The interpreter is not built for them, so the library comes first; what Python itself leaves behind at its end is no leak of ours.
SAN_BUILD := $(BUILD)/address-undefined
check-python-sanitized: $(VENV)/done
	$(MAKE) SAN=address,undefined BUILD=$(SAN_BUILD) $(SAN_BUILD)/exifnorm $(SAN_BUILD)/libexifnorm.a
	rm -rf $(BUILD)/python/sanitized
	export SAN=address,undefined && $(call PIP_INSTALL,$(SAN_BUILD),$(VENV)) --target $(BUILD)/python/sanitized ./python
	cd python/tests && LD_PRELOAD="$$($(CC) -print-file-name=libasan.so) $$($(CC) -print-file-name=libubsan.so)" ASAN_OPTIONS=detect_leaks=0 \
		EXAMPLES=$(or $(EXAMPLES),500) PYTHONPATH=$(abspath $(BUILD)/python/sanitized) $(abspath $(VENV))/bin/python -m pytest test_hostile.py test_many.py test_transform.py \
		-k 'not column and not batches and not memory'

# The fuzzer instruments the library as well, so that is built once more.
FUZZ_CFLAGS = $(filter-out -fPIC,$(ALL_CFLAGS)) -fno-sanitize-recover=all
FUZZ_SUPPORT := tests/fuzz/entry.c tests/fuzz/mutate.c tests/fuzz/peak.c tests/fuzz/slow_reader.c
fuzz_obj = $(patsubst %.c,$(BUILD)/fuzz/obj/%.o,$(1))

$(BUILD)/fuzz/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link,address,undefined -Isrc/lib -Isrc/cli \
		$(LIB_CFLAGS) -c -o $@ $<

$(addprefix $(BUILD)/fuzz/,$(FUZZ_TARGETS)): $(BUILD)/fuzz/%: $(BUILD)/fuzz/obj/tests/fuzz/fuzz_%.o \
		$(call fuzz_obj,$(FUZZ_SUPPORT) $(LIB_SRC))
	$(CLANG) -fsanitize=fuzzer,address,undefined -o $@ $(filter-out $(call fuzz_obj,$(FUZZ_WITHOUT_$*)),$^) $(LIB_LIBS) $(call libs_of,$(FUZZ_PKGS_$*))

# The target is the decoder itself.
FUZZ_WITHOUT_convert := src/lib/heif/library.c

$(BUILD)/fuzz/tar: $(call fuzz_obj,$(FUZZ_CLI_tar))
$(BUILD)/fuzz/replay-tar: $(call obj,$(FUZZ_CLI_tar))

# A fixed seed gives the same run again only where addresses are the same: libFuzzer hashes them.
FUZZ_RUN = $(if $(filter-out 0,$(FUZZ_SEED)),$(shell setarch -R true 2>/dev/null && echo setarch -R))
FUZZ_SEEDS := testdata/jpeg testdata/jpeg/coding testdata/jpeg/partial testdata/png testdata/png/coding testdata/other
FUZZ_LENGTH_image := 65536
FUZZ_LENGTH_entropy := 8192
FUZZ_DICT_webp := webp.dict
FUZZ_DICT_heif := heif.dict
FUZZ_DICT_convert := heif.dict
FUZZ_SEEDS_heif := testdata/heif
FUZZ_SEEDS_convert := testdata/heif
FUZZ_DICT_tar := tar.dict# and no pictures as seeds
FUZZ_DICT_json := json.dict
FUZZ_DICT_labels := labels.dict
FUZZ_DICT_xml := xml.dict

fuzz: $(addprefix fuzz-,$(FUZZ_TARGETS))

$(addprefix fuzz-,$(FUZZ_TARGETS)): fuzz-%: $(BUILD)/fuzz/%
	@mkdir -p $(BUILD)/fuzz/corpus/$* tests/fuzz/corpus/$*
	$(FUZZ_RUN) $< -seed=$(FUZZ_SEED) -reload=0 -max_total_time=$(FUZZ_SECONDS) -runs=$(or $(FUZZ_RUNS_$*),$(FUZZ_RUNS)) \
		-dict=tests/fuzz/$(or $(FUZZ_DICT_$*),image.dict) -max_len=$(or $(FUZZ_LENGTH_$*),16384) -rss_limit_mb=1024 \
		-malloc_limit_mb=512 -artifact_prefix=$(BUILD)/fuzz/$*- $(BUILD)/fuzz/corpus/$* \
		tests/fuzz/corpus/$* $(if $(FUZZ_DICT_$*),$(FUZZ_SEEDS_$*),$(FUZZ_SEEDS))

# The rule of the entropy-domain turn over MANY mutated small files, from number FIRST on; quick, since nothing is instrumented.
MANY  ?= 20000
FIRST ?= 0

$(BUILD)/fuzz/many_entropy: $(call obj,tests/fuzz/many_entropy.c tests/fuzz/fuzz_entropy.c tests/fuzz/slow_reader.c \
		$(SUP_SRC)) $(BUILD)/libexifnorm.a
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(TEST_LIBS) $(LIB_LIBS)

many-entropy: $(BUILD)/fuzz/many_entropy
	$< $(FIRST) $(MANY)

# Damaged HEICs and AVIFs, with the real decoders behind the workers' wall.
many-heif: $(BUILD)/exifnorm
	python3 tests/fuzz/many_heif.py $< testdata $(FIRST) $(MANY)

$(addprefix $(BUILD)/fuzz/replay-,$(FUZZ_TARGETS)): $(BUILD)/fuzz/replay-%: $(BUILD)/obj/tests/fuzz/fuzz_%.o \
		$(call obj,tests/fuzz/replay.c tests/fuzz/peak.c tests/fuzz/slow_reader.c) $(BUILD)/libexifnorm.a
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIB_LIBS) $(call libs_of,$(FUZZ_PKGS_$*))

fuzz-replay: $(REPLAYS)
	@set -e; for t in $(FUZZ_TARGETS); do echo "== $$t"; $(BUILD)/fuzz/replay-$$t --kinds testdata tests/fuzz/corpus/$$t; done

$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(call obj,tests/support/naive.c)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs_of,libjpeg libpng) -lm

$(BUILD)/bench/make_pictures: $(call obj,tests/bench/camera_exif.c)

$(BUILD)/bench/pictures: $(BUILD)/bench/make_pictures
	rm -rf $@ $@.new
	$< $@.new
	mv $@.new $@

# BENCH=--lean: only what has a limit; --only=PNG; --photographs=0: no folders; --help has the rest.
bench: $(BUILD)/exifnorm $(BENCH_TOOLS) $(BUILD)/bench/pictures $(BUILD)/tests/long/one_process
	python3 tests/bench/bench.py --exifnorm $(BUILD)/exifnorm --one-process $(BUILD)/tests/long/one_process --judge $(BUILD)/bench/judge --make-pictures $(BUILD)/bench/make_pictures \
		--build $(BUILD)/bench --markdown $(BUILD)/bench/table.md --json $(BUILD)/bench/numbers.json \
		--svg $(BUILD)/bench/bench.svg --docs docs $(BENCH)

# Hours on one core; results are kept, so that a run that was ended goes on. mutants-ci: a twentieth, always the same.
mutants:
	python3 tests/mutants/mutants.py $(MUTANTS)

mutants-ci:
	python3 tests/mutants/mutants.py -j2 --part 20 --nearest
	rm -rf build/mutants/tree?

# What of the library the tests and the corpora run (gcov). An optimizer that counts lines warns of what it cannot see through.
coverage:
	$(MAKE) BUILD=$(BUILD)/coverage CFLAGS="-O1 -g --coverage -Wno-error" LDFLAGS=--coverage coverage-here

coverage-here: $(TESTS) $(REPLAYS)
	@find $(BUILD) -name '*.gcda' -delete
	@set -e; for t in $(TESTS) $(foreach t,$(FUZZ_TARGETS),"$(BUILD)/fuzz/replay-$t testdata tests/fuzz/corpus/$t"); do \
		echo "== $$t"; $$t >$(BUILD)/out 2>&1 || { tail -n 20 $(BUILD)/out; exit 1; }; done
	sh tests/measure/coverage.sh $(BUILD)

house: $(BUILD)/exifnorm
	python3 tests/house/floors.py
	sh tests/house/names.sh $(BUILD)
	sh tests/house/format.sh
	sh tests/house/words.sh
	sh tests/house/top.sh
	python3 tests/house/named.py
	python3 tests/measure/sizes.py
	sh tests/house/prove.sh $(BUILD) "$(CC)"

# Static analysis; .cppcheck and .clang-tidy hold what is not so, and why.
lint:
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --suppressions-list=.cppcheck \
		--error-exitcode=1 -Iinclude -Isrc/lib -Isrc/cli -D_GNU_SOURCE -D__linux__ src
	@command -v $(CLANG_TIDY) >/dev/null || { echo "make lint: there is no $(CLANG_TIDY)" >&2; exit 1; }
	printf '%s\n' $(LIB_SRC) $(CLI_SRC) | xargs -P 2 -n 1 sh -c '$(CLANG_TIDY) --quiet "$$@" -- -std=c11 -D_GNU_SOURCE \
		-Iinclude -Isrc/lib -Isrc/cli 2>/dev/null' sh

# Whether time grows with the size of hostile input and no faster (valgrind); some families: GROWTH="png_frames tiff_chain".
growth: $(BUILD)/measure/once $(BUILD)/fuzz/replay-tar
	python3 tests/measure/growth.py $< $(GROWTH)

# What such input of a megabyte costs, and what pictures do that promise more than they hold (docs/performance.md).
.PHONY: bombs
bombs: $(BUILD)/measure/once
	python3 tests/measure/bombs.py $< $(BOMBS)

# What is in the Debian packages (as make deb, and lintian).
.PHONY: check-deb check-reproducible
check-deb: $(BUILD)/exifnorm
	EXIFNORM=$(BUILD)/exifnorm sh tests/ports/debian.sh

# The packages, built twice and compared (as make deb and make wheel); PARTS=python: only those for Python.
check-reproducible: $(VENV)/done
	$(VENV)/bin/python -m pip install -q --disable-pip-version-check -r python/tests/wheel.txt
	PARTS=$(call quoted,$(PARTS)) sh tests/ports/reproducible.sh $(BUILD)/reproducible $(VENV)

# What tests/measure/quality.py compares pictures with (docs/loss.md).
$(BUILD)/measure/%: $(BUILD)/obj/tests/measure/%.o $(call obj,$(SUP_SRC)) $(BUILD)/libexifnorm.a
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(TEST_LIBS) $(LIB_LIBS)

testdata: $(BUILD)/tests/make_testdata
	$< testdata
	python3 tests/make_seeds.py testdata tests/fuzz/corpus

# What is installed: mode:file:folder:name. install and uninstall both go by this list.
INSTALLED := 755:$(PROGRAM):BINDIR:exifnorm \
             644:$(BUILD)/$(SO):LIBDIR:$(SO) \
             644:$(BUILD)/libexifnorm.a:LIBDIR:libexifnorm.a \
             644:$(BUILD)/libexifnorm.pc:LIBDIR:pkgconfig/libexifnorm.pc \
             644:include/exifnorm.h:INCLUDEDIR:exifnorm.h \
             644:man/exifnorm.1:MANDIR:man1/exifnorm.1 \
             644:$(BUILD)/completions/bash:BASHDIR:exifnorm \
             644:$(BUILD)/completions/zsh:ZSHDIR:_exifnorm \
             644:README.md:DOCDIR:README.md \
             644:NEWS.md:DOCDIR:NEWS.md \
             $(foreach page,$(sort $(wildcard docs/*)),644:$(page):DOCDIR:$(page))

# Folders may have spaces in their names. field: the nth of a row; there: the path that it gets.
field     = $(word $(1),$(subst :, ,$(2)))
there     = $(call quoted,$(DESTDIR)$($(call field,3,$(1)))/$(call field,4,$(1)))
define install_row
	install -D -m $(call field,1,$(1)) $(call field,2,$(1)) $(call there,$(1))

endef
define uninstall_row
	rm -f $(call there,$(1))

endef
links     = $(call quoted,$(DESTDIR)$(LIBDIR)/$(1))

$(BUILD)/completions/%: $(BUILD)/exifnorm
	@mkdir -p $(@D)
	$< --completion=$* >$@

install: all $(BUILD)/completions/bash $(BUILD)/completions/zsh
	$(foreach row,$(INSTALLED),$(call install_row,$(row)))
	ln -sf $(SO) $(call links,$(SONAME))
	ln -sf $(SONAME) $(call links,libexifnorm.so)

uninstall:
	$(foreach row,$(INSTALLED),$(call uninstall_row,$(row)))
	rm -f $(call links,$(SONAME)) $(call links,libexifnorm.so)
	rmdir $(call quoted,$(DESTDIR)$(DOCDIR)/docs) $(call quoted,$(DESTDIR)$(DOCDIR)) 2>/dev/null || true

sbom: all
	VERSION=$(VERSION) PKG_CONFIG=$(call quoted,$(PKG_CONFIG)) LINKED=$(call quoted,$(sort $(PKGS) $(CLI_PKGS))) OPENED=$(call quoted,$(OPENED)) \
		sh .deb/sbom.sh $(PROGRAM) $(BUILD)/$(SO) >$(BUILD)/exifnorm.spdx.json.new
	mv $(BUILD)/exifnorm.spdx.json.new $(BUILD)/exifnorm.spdx.json

deb:
	+BUILD=$(BUILD)/deb sh .deb/build.sh

clean:
	rm -rf build

-include $(wildcard $(BUILD)/*.d) $(shell find $(BUILD)/obj $(BUILD)/fuzz/obj -name '*.d' 2>/dev/null)
