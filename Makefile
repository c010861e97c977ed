# nce2vec: make help lists the targets. Everything built goes to $(BUILD).
BUILD  ?= build
PREFIX ?= /usr/local
CC     ?= cc
CFLAGS ?= -O3 -g
PKG_CONFIG ?= pkg-config

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
ifeq ($(WERROR),1)
WARNINGS += -Werror
endif
# GNU C11: POSIX, and a*b+c as one FMA where a kernel's instruction set has it. Functions begin on cache lines, so that
# a change in one does not move the loops of all others (2 to 5 % of a run's time, either way).
ALL_CPPFLAGS = -D_GNU_SOURCE -Iinclude -Isrc $(CPPFLAGS)
ALL_CFLAGS = -std=gnu11 -pthread -fPIC -fvisibility=hidden -fno-math-errno -falign-functions=64 $(WARNINGS) $(CFLAGS) \
             $(PACKAGE_CFLAGS)
ALL_LDFLAGS = -pthread $(LDFLAGS)
ALL_LDLIBS = $(UTF8PROC) $(PACKAGE_LIBS) $(BZIP2) -lm -ldl $(LDLIBS)
# Each asks once, when it is first used, and not once for each file.
once = $(eval $(1) := $$(shell $(2)))$($(1))
PACKAGE_CFLAGS = $(call once,PACKAGE_CFLAGS,$(PKG_CONFIG) --cflags libutf8proc zlib $(CODEC_PACKAGES) $(ICU))
PACKAGE_LIBS = $(call once,PACKAGE_LIBS,$(PKG_CONFIG) --libs zlib $(CODEC_PACKAGES) $(ICU))
CHECK_CFLAGS = $(call once,CHECK_CFLAGS,$(PKG_CONFIG) --cflags check)
CHECK_LIBS = $(call once,CHECK_LIBS,$(PKG_CONFIG) --libs check)
# The interpreter itself: python3 may be a script that looks for one, at each start.
PYTHON3 = $(call once,PYTHON3,python3 -c 'import sys; print(sys.executable)')

# Ranks: src/ranks/one.c, or with MPI=1 src/ranks/mpi.c, which MPICC compiles and links for the compiler CC.
MPICC ?= mpicc
RANKS := $(if $(filter 1,$(MPI)),mpi,one)
MPI_COMPILER = OMPI_CC='$(CC)' MPICH_CC='$(CC)' $(MPICC)
COMPILER = $(CC)
# What a program that links libnce2vec.a needs beside it; both MPIs print their command.
MPI_LIBS = $(if $(filter 1,$(MPI)),$(wordlist 2,99,$(shell $(MPICC) -show)))
LINKER = $(if $(filter 1,$(MPI)),$(MPI_COMPILER),$(CC))

# -l:libutf8proc.a: a part of the library. Releases of Debian have shared ones of different names.
UTF8PROC := $(shell $(PKG_CONFIG) --libs libutf8proc)
# Compressions that can be read beside gzip, where their libraries are (BZIP2= XZ= ZSTD=: do without). Debian's bzip2 has
# no .pc.
BZIP2 := $(shell printf '\043include <bzlib.h>\n' | $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 && echo -lbz2)
XZ    := $(shell $(PKG_CONFIG) --exists liblzma && echo liblzma)
ZSTD  := $(shell $(PKG_CONFIG) --exists libzstd && echo libzstd)
CODEC_PACKAGES := $(XZ) $(ZSTD)
# Word boundaries of scripts without spaces, where ICU is (ICU=: do without).
ICU := $(shell $(PKG_CONFIG) --exists icu-uc && echo icu-uc)
SEGMENTER := $(if $(ICU),icu,none)
CODECS := $(if $(BZIP2),bzip2) $(if $(XZ),xz) $(if $(ZSTD),zstd)
empty :=
CODECS_BUILT := $(BUILD)/codecs.$(subst $(empty) ,-,$(strip gzip $(CODECS)))

LIB_SOURCES := $(filter-out src/cli/% $(if $(filter 1,$(MPI)),src/ranks/one.c,src/ranks/mpi.c)\
                            $(patsubst %,src/io/%.c,$(filter-out $(CODECS),bzip2 xz zstd))\
                            $(patsubst %,src/corpus/segmenter_%.c,$(filter-out $(SEGMENTER),icu none)),\
                            $(wildcard src/*.c src/*/*.c src/*/*/*.c))
CLI_SOURCES := $(wildcard src/cli/*.c)
TEST_SOURCES := $(wildcard tests/unit/test_*.c tests/objectives/test_*.c)
# The differences of check-objective also test the library's own objectives.
TEST_HELPERS := $(filter-out $(TEST_SOURCES),$(wildcard tests/unit/*.c tests/objectives/*.c)) src/cli/difference.c

# Editing and history at the prompts, where libedit is (LIBEDIT=: do without).
LIBEDIT := $(shell $(PKG_CONFIG) --exists libedit && echo libedit)
ifneq ($(LIBEDIT),)
$(BUILD)/src/cli/prompt.o: ALL_CFLAGS += -DHAVE_LIBEDIT $(shell $(PKG_CONFIG) --cflags $(LIBEDIT))
CLI_LIBS := $(shell $(PKG_CONFIG) --libs $(LIBEDIT))
endif

# Which of several sources the library has.
LIB_PARTS := $(BUILD)/ranks.$(RANKS) $(BUILD)/segmenter.$(SEGMENTER)

object = $(patsubst %.c,$(BUILD)/%.o,$(1))
LIB_OBJECTS := $(call object,$(LIB_SOURCES))
CLI_OBJECTS := $(call object,$(CLI_SOURCES))
HELPER_OBJECTS := $(call object,$(TEST_HELPERS))
TESTS := $(patsubst %.c,$(BUILD)/%,$(TEST_SOURCES))
SUITES := $(BUILD)/tests/suites
BENCHES := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/bench_*.c)) $(BUILD)/tests/bench/zipf_text

.PHONY: all check check-slow check-unit check-cli check-python check-clients check-eval check-report check-torch check-clang asan tsan
.PHONY: install uninstall clean format help FORCE
all: $(BUILD)/nce2vec library ## build the program and the library (default)

# With all that the sources declare to each other: for the tests.
INTERNAL := $(BUILD)/libnce2vec_internal.a
$(INTERNAL): $(LIB_OBJECTS) $(LIB_PARTS)
	@rm -f $@
	$(AR) rcs $@ $(LIB_OBJECTS)

# A client of the library like any other: it has the public functions alone.
$(BUILD)/nce2vec: $(CLI_OBJECTS) $(BUILD)/libnce2vec.a
	$(LINKER) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(CLI_LIBS) $(ALL_LDLIBS)

# With the functions of the public headers alone: for other programs. In the archive is
# one object, in which the names of the rest have become local.
VERSION := $(shell sed -n 's/^\#define N2V_VERSION "\(.*\)"/\1/p' include/nce2vec/status.h)
SONAME := libnce2vec.so.0
LIBDIR ?= $(PREFIX)/lib
OBJCOPY ?= objcopy

.PHONY: library
library: $(BUILD)/libnce2vec.so $(BUILD)/libnce2vec.a $(BUILD)/nce2vec.pc ## build libnce2vec.so, libnce2vec.a, nce2vec.pc

$(BUILD)/libnce2vec.so: $(LIB_OBJECTS) src/libnce2vec.map $(LIB_PARTS)
	$(LINKER) $(ALL_CFLAGS) $(ALL_LDFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=src/libnce2vec.map \
	    -o $@ $(LIB_OBJECTS) $(ALL_LDLIBS)
	@ln -sf $(@F) $(@D)/$(SONAME)

$(BUILD)/libnce2vec.a: $(LIB_OBJECTS) $(LIB_PARTS)
	@rm -f $@
	$(CC) $(filter-out -pthread,$(ALL_CFLAGS)) -r -nostdlib -o $(BUILD)/nce2vec_library.o $(LIB_OBJECTS)
	$(OBJCOPY) --localize-hidden $(BUILD)/nce2vec_library.o
	$(AR) rcs $@ $(BUILD)/nce2vec_library.o

# What was built with other ranks, codecs or segmenter is built anew.
$(BUILD)/ranks.$(RANKS) $(BUILD)/segmenter.$(SEGMENTER) $(CODECS_BUILT):
	@mkdir -p $(@D)
	@rm -f $(basename $@).*
	@touch $@
CODEC_USERS := $(BUILD)/src/io/codec.o $(BUILD)/tests/unit/test_codecs.o
$(CODEC_USERS): $(CODECS_BUILT)
$(CODEC_USERS): ALL_CPPFLAGS += $(if $(BZIP2),-DHAVE_BZIP2) $(if $(XZ),-DHAVE_XZ) $(if $(ZSTD),-DHAVE_ZSTD)
$(BUILD)/src/ranks/mpi.o: COMPILER = $(MPI_COMPILER)

# Always: it holds PREFIX, which may be another at install than at build.
$(BUILD)/nce2vec.pc: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$${prefix}/include' '' 'Name: nce2vec' \
	    'Description: word vectors: train with contrastive objectives, query, convert' 'Version: $(VERSION)' \
	    'Libs: -L$${libdir} -lnce2vec' 'Libs.private: -lutf8proc -lz $(BZIP2) $(XZ:lib%=-l%) $(ZSTD:lib%=-l%) $(if $(ICU),-licuuc -licudata) -pthread -ldl -lm $(MPI_LIBS)' \
	    'Cflags: -I$${includedir}' > $@.$$$$ && mv $@.$$$$ $@

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(COMPILER) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# One instruction set a file; which one runs is chosen at start-up. The compiler knows for which machine it builds.
ifneq ($(filter x86_64-% amd64-%,$(shell $(CC) -dumpmachine)),)
$(BUILD)/src/kernels/avx2.o: ALL_CFLAGS += -mavx2 -mfma
$(BUILD)/src/kernels/avx512.o: ALL_CFLAGS += -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -mprefer-vector-width=512
$(BUILD)/src/kernels/avx512bf16.o: ALL_CFLAGS += -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512bf16 -mfma -mprefer-vector-width=512
endif
# For some processors gcc from 13 on avoids chains of FMAs, in one copy of a loop and not in another: rows would get other
# bits by the path that a call takes.
FMA_CHAINS := $(shell $(CC) -Werror --param=avoid-fma-max-bits=0 -c -x c -o /dev/null /dev/null 2>/dev/null && \
                      echo --param=avoid-fma-max-bits=0)
$(BUILD)/src/kernels/%.o: ALL_CFLAGS += -ffp-contract=fast $(FMA_CHAINS)
# The build for fuzzing needs no instrumented kernels, which take minutes to compile.
$(BUILD)/src/kernels/%.o: ALL_CFLAGS += $(KERNEL_CFLAGS)
# Loops of a window's 5 noise words: vectorised they spend their time in prologues. Batches and rows are wider.
$(filter-out %/batches.o %/rounds/rule.o %/rounds/changes.o $(BUILD)/src/train/ranks/%.o,$(patsubst %.c,$(BUILD)/%.o,$(wildcard src/train/*.c src/train/*/*.c))): ALL_CFLAGS += -fno-tree-vectorize

$(BUILD)/tests/%.o: ALL_CPPFLAGS += -Itests $(CHECK_CFLAGS)
# What tests do themselves is little: it need not be fast, but compiled fast.
$(BUILD)/tests/%.o: ALL_CFLAGS += $(TEST_CFLAGS)
TEST_CFLAGS ?= -O1
$(BUILD)/tests/unit/test_kernel_update.o: TEST_CFLAGS = -O2
# The main of each has a name of its own.
$(TESTS:%=%.o): ALL_CPPFLAGS += -Dmain=$(*F)_main
$(TESTS): $(BUILD)/%: $(BUILD)/%.o $(HELPER_OBJECTS) $(INTERNAL)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -Wl,--defsym=main=$(*F)_main -o $@ $^ $(CHECK_LIBS) $(ALL_LDLIBS)

# What check-unit runs is one program: to link it takes as long as to link a single one. But for those that have a
# function of the C library of their own.
ALONE := $(addprefix $(BUILD)/tests/unit/test_,clock durability flush_order)
# UNIT_WITHOUT, CLI_WITHOUT: names of tests that a build leaves out. UNIT_NOT_RUN: those that it compiles.
UNIT_TESTS = $(filter-out $(UNIT_WITHOUT:%=$(BUILD)/tests/%),$(TESTS))
TOGETHER = $(filter-out $(ALONE),$(UNIT_TESTS))
$(SUITES): $(SUITES).o $(TOGETHER:%=%.o) $(HELPER_OBJECTS) $(INTERNAL)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(CHECK_LIBS) $(ALL_LDLIBS)
$(SUITES).o: private ALL_CPPFLAGS += '-DSUITES=$(patsubst test_%,SUITE(%),$(notdir $(TOGETHER)))'
$(SUITES).o: $(TOGETHER:%=%.o)

# What one process runs begins first: the end is many short tests, which keep all cores busy.
check: check-faults check-eval check-python check-cli check-unit ## run the quick tests (under a minute with -j)

check-unit: $(SUITES) $(filter-out $(UNIT_NOT_RUN:%=run/$(BUILD)/tests/%),$(UNIT_TESTS:%=run/%))
.PHONY: $(TESTS:%=run/%)
$(ALONE:%=run/%): run/%: %
	$(abspath $<)
$(filter-out $(ALONE:%=run/%),$(TESTS:%=run/%)): $(SUITES)
	$(abspath $<) $(patsubst test_%,%,$(@F))

CLI_TESTS := $(notdir $(wildcard tests/cli/test_*.py))
check-cli: $(filter-out $(CLI_WITHOUT:%=run/cli/test_%.py),$(CLI_TESTS:%=run/cli/%))
.PHONY: $(CLI_TESTS:%=run/cli/%)
$(CLI_TESTS:%=run/cli/%): run/cli/%: all
	NCE2VEC=$(abspath $(BUILD)/nce2vec) NCE2VEC_LIBRARY=$(abspath $(BUILD)/libnce2vec.so) \
	    CC='$(CC)' CFLAGS='$(CFLAGS)' $(PYTHON3) tests/run_python.py tests/cli $*

# Those that repeat more, or try more, with NCE2VEC_ALL=1.
SLOW_TESTS = $(patsubst %.c,run/$(BUILD)/%,$(shell grep -lE 'runs_all|PART_OF' $(TEST_SOURCES))) \
             $(patsubst tests/cli/%,run/cli/%,$(shell grep -lw ALL $(CLI_TESTS:%=tests/cli/%))) \
             check-eval-slow check-python-slow check-faults
check-slow: ## what check takes a part of: long repetitions, every compiler and kind of library, many faults
	NCE2VEC_ALL=1 $(MAKE) $(SLOW_TESTS)
.PHONY: check-eval-slow
check-eval-slow: all
	for tests in $(notdir $(shell grep -l 'helpers.*\bALL\b' tests/eval/test_*.py)); do \
	    NCE2VEC=$(abspath $(BUILD)/nce2vec) $(DEBIAN_PYTHON) tests/run_python.py tests/eval $$tests || exit 1; done

# Debian's python3-torch is a module of the system's Python, which need not be the first in PATH.
SYSTEM_PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
check-torch: $(BUILD)/libnce2vec.so ## compare every objective with the autograd of PyTorch (python3-torch)
	NCE2VEC_LIBRARY=$(abspath $<) $(SYSTEM_PYTHON) tests/torch/check_torch.py

# Debian's python3 has NumPy and SciPy, another one on the PATH may not.
DEBIAN_PYTHON ?= /usr/bin/python3
check-eval: all ## the evaluation scripts' tests
	NCE2VEC=$(abspath $(BUILD)/nce2vec) $(DEBIAN_PYTHON) tests/run_python.py tests/eval

# The package in python/, with Debian's NumPy and beside Debian's gensim.
check-python: all ## the tests of the Python package
	NCE2VEC=$(abspath $(BUILD)/nce2vec) NCE2VEC_LIBRARY=$(abspath $(BUILD)/libnce2vec.so) CC='$(CC)' \
	    $(DEBIAN_PYTHON) tests/run_python.py tests/python

# The package builds its own library, and installs from a source distribution.
.PHONY: check-python-slow
check-python-slow: all
	NCE2VEC_ALL=1 NCE2VEC=$(abspath $(BUILD)/nce2vec) NCE2VEC_LIBRARY=$(abspath $(BUILD)/libnce2vec.so) CC='$(CC)' \
	    $(DEBIAN_PYTHON) tests/run_python.py tests/python test_package.py

# Public programs with the package in gensim's place. NCE2VEC_CLIENTS: a folder of git directories instead of GitHub.
check-clients: $(BUILD)/libnce2vec.so ## run public programs that use gensim or read our folders (network; docs/installing.md)
	NCE2VEC_LIBRARY=$(abspath $<) $(DEBIAN_PYTHON) tests/run_python.py tests/clients

# Several ranks: a build with each MPI, and the launcher that belongs to it. It must not bind ranks to cores here.
OPENMPI := mpirun.openmpi --allow-run-as-root --oversubscribe --bind-to none
MPICH   := mpirun.mpich
MPI_TESTS := $(notdir $(wildcard tests/mpi/test_*.py))
.PHONY: check-mpi check-openmpi check-mpich
# The same objects, but for src/ranks/mpi.c.
check-mpi: all ## the tests of several ranks, with Open MPI and with MPICH (libopenmpi-dev openmpi-bin libmpich-dev mpich)
	for build in mpi mpich; do mkdir -p build/$$build && cp -rpu $(BUILD)/src build/$$build || exit 1; done
	$(MAKE) MPI=1 MPICC=mpicc.openmpi BUILD=build/mpi build/mpi/nce2vec
	$(MAKE) MPI=1 MPICC=mpicc.mpich BUILD=build/mpich build/mpich/nce2vec
	$(MAKE) check-openmpi check-mpich
# $(1): the build, $(2): the launcher. NCE2VEC_ALONE has no MPI.
run_mpi = NCE2VEC=$(abspath build/$(1)/nce2vec) NCE2VEC_ALONE=$(abspath $(BUILD)/nce2vec) MPIRUN='$(2)' \
    $(PYTHON3) tests/run_python.py tests/mpi $(3)
check-openmpi: $(MPI_TESTS:%=run/openmpi/%)
check-mpich: $(MPI_TESTS:%=run/mpich/%)
.PHONY: $(MPI_TESTS:%=run/openmpi/%) $(MPI_TESTS:%=run/mpich/%)
$(MPI_TESTS:%=run/openmpi/%): run/openmpi/%:
	$(call run_mpi,mpi,$(OPENMPI),$*)
$(MPI_TESTS:%=run/mpich/%): run/mpich/%:
	$(call run_mpi,mpich,$(MPICH),$*)

check-report: all ## test the report in a browser (chromium-driver, python3-selenium, python3-sklearn, node-d3)
	NCE2VEC=$(abspath $(BUILD)/nce2vec) $(DEBIAN_PYTHON) tests/report/check_report.py

# Calls of the C library that fail: tests/RELIABILITY.md. The library that makes them fail is for other programs
# (LD_PRELOAD), and a part of the one that calls the public functions.
FAULTS := $(BUILD)/tests/faults
$(FAULTS)/fault.o $(FAULTS)/preload.o: ALL_CFLAGS += -fno-builtin -fno-sanitize=all -fvisibility=default
$(FAULTS)/libfault.so: $(FAULTS)/fault.o $(FAULTS)/preload.o
	$(CC) $(filter-out -fsanitize=%,$(ALL_CFLAGS)) -shared -o $@ $^ -ldl
$(FAULTS)/api: $(patsubst %.c,$(BUILD)/%.o,$(filter-out %/preload.c,$(wildcard tests/faults/*.c))) $(INTERNAL)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS)
$(FAULTS)/focal.so: docs/examples/focal.c docs/examples/focal.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -fvisibility=default -shared -o $@ $< -lm

FAULTS_BUILT := all $(FAULTS)/libfault.so $(FAULTS)/focal.so $(FAULTS)/api
FAULTS_RUN = NCE2VEC=$(abspath $(BUILD)/nce2vec) NCE2VEC_LIBRARY=$(abspath $(BUILD)/libnce2vec.so) \
    NCE2VEC_FAULTS=$(abspath $(FAULTS)) CFLAGS='$(CFLAGS)' $(PYTHON3)
FAULTS_LEVEL ?= more
.PHONY: check-faults faults
check-faults: $(FAULTS_BUILT) ## calls that fail, full disks, lost power: a sample (NCE2VEC_ALL=1: a large one)
	$(FAULTS_RUN) tests/run_python.py tests/faults
faults: $(FAULTS_BUILT) ## the same in larger numbers; writes tests/RELIABILITY.md
	$(FAULTS_RUN) tests/faults/faults.py $(FAULTS_LEVEL) --markdown tests/RELIABILITY.md

# Which tests notice small bugs: tests/planted/README.md.
.PHONY: planted
planted: ## plant small bugs one at a time, and see which tests notice them
	CC='$(CC)' python3 tests/planted/planted.py

# Measurements: tests/bench/README.md.
$(BUILD)/tests/bench/%.o: CHECK_CFLAGS =
$(BUILD)/tests/bench/%.o: TEST_CFLAGS =
$(BENCHES): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/tests/bench/bench.o $(INTERNAL)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS)
.PHONY: bench benches
benches: $(BENCHES) ## build what measures, without measuring
bench: $(BUILD)/nce2vec $(BENCHES) ## measure speed and memory (BENCH="SUBJECT ...", QUICK=1)
	QUICK=$(QUICK) BUILD=$(BUILD) python3 tests/bench/bench.py $(BENCH)

# Other compilers and sanitizers: each in a build of its own. Sources, pages, and other programs are the same for all.
CLI_ONCE := build cluster docs layers scripts tools
# Another compiler makes other kernels and libraries, which the unit tests and these commands run.
CLI_CLANG := api build compat files heldout likelihood plugins predict queries train
# Compiled alone: test_optimum and test_calibration train as test_training does, for longer.
LONG_UNIT := $(addprefix unit/test_,calibration optimum)
check-clang: ## the tests of a build by clang
	$(MAKE) CC=clang BUILD=build/clang all benches
	$(MAKE) CC=clang BUILD=build/clang CLI_WITHOUT="$(filter-out $(CLI_CLANG),$(CLI_TESTS:test_%.py=%))" \
	    UNIT_NOT_RUN="$(LONG_UNIT)" check-unit check-cli

# All tests run, on less of the same where that is said. Reports name functions and lines, which -g1 is enough for.
SANITIZED := -O1 -g1 -DSANITIZED=1
# The kernels of all widths would take minutes to compile.
ONE_WIDTH := -DN2V_ONE_WIDTH
ASAN := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# In the kernels AddressSanitizer finds what these two checks find; with them the kernels take twice as long to compile.
# WERROR=: sanitizers bring warnings that are false.
asan: ## the tests under AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer, in one build
	$(MAKE) WERROR= BUILD=build/asan CFLAGS="$(SANITIZED) $(ASAN)" KERNEL_CFLAGS="-fno-sanitize=null,object-size $(ONE_WIDTH)" \
	    UNIT_WITHOUT="$(LONG_UNIT)" CLI_WITHOUT="$(CLI_ONCE) examples" check-faults check-unit check-cli

# What has one thread cannot race: here are the tests that train, query, read and write. Of those that read files as
# test_reader, test_codecs and test_sources do, these are enough. test_optimum and test_calibration train as
# test_training does, for longer.
TSAN_UNIT := objectives/% $(addprefix unit/test_,kernel_% arrays batches calibration cbow clipping compose compressed \
               content corruption defaults derive display durability edit_distance evaluation float_text flush_order \
               formats gensim growth guess json kernels layouts memory_estimate memory_files model2vec noise \
               null_arguments number observer optimum pair_table phrases presets record rows saving sections select \
               settings settings_rules spellings streams subword_files subwords text_files tile time_left token_stream \
               tokenizer vocabulary whole_lines windows writer)
# Of the commands, those that train or query on several threads, or talk and wait while others work.
TSAN_CLI_RUN := estimate heldout joined_training likelihood likelihood_lines metrics neighbors parity queries resume \
                streams train watch whole_lines
TSAN_CLI = $(filter-out $(TSAN_CLI_RUN),$(CLI_TESTS:test_%.py=%))
tsan: ## the tests with threads under ThreadSanitizer
	$(MAKE) WERROR= BUILD=build/tsan CFLAGS="$(SANITIZED) -fsanitize=thread" KERNEL_CFLAGS="$(ONE_WIDTH)" \
	    UNIT_WITHOUT="$(TSAN_UNIT)" CLI_WITHOUT="$(TSAN_CLI)" check-unit check-cli

# Any bytes as a file of vectors, from a small file of each format on; FUZZ_SECONDS says for how long.
.PHONY: fuzz-formats
FUZZ_SECONDS ?= 60
FUZZ_FLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined
fuzz-formats: $(BUILD)/nce2vec ## look for files of vectors that crash their readers (needs clang)
	$(MAKE) BUILD=build/fuzz CC=clang CFLAGS='$(FUZZ_FLAGS) -fsanitize=fuzzer-no-link' KERNEL_CFLAGS=-fno-sanitize=all \
	    build/fuzz/fuzz_formats
	@mkdir -p build/fuzz/found build/fuzz/seeds
	for ending in txt txt.gz bin n2v glove npy safetensors fifu tsv; do \
	    printf '2 2\na 1 -2\nb 0.5 3e-9\n' | $(BUILD)/nce2vec convert -q - build/fuzz/seeds/file.$$ending || exit 1; done
	for kind in fasttext floret; do \
	    printf 'a b b a b\nb a b\n' | $(BUILD)/nce2vec train -q - -o build/fuzz/seeds/file.$$kind --dim 2 --min-count 1 \
	        --threads 1 --epochs 1 --subsample 0 --subwords $$kind --minn 1 --buckets 9 || exit 1; done
	$(DEBIAN_PYTHON) tests/fuzz/seeds.py build/fuzz/seeds
	build/fuzz/fuzz_formats -max_total_time=$(FUZZ_SECONDS) -max_len=4096 build/fuzz/found build/fuzz/seeds

$(BUILD)/fuzz_formats: $(BUILD)/tests/fuzz/fuzz_formats.o $(INTERNAL)
	$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS)

# The man pages are kept in docs/, so that installing needs no Python. Tests compare them with the help. Those of the
# commands in Python are installed with the package.
.PHONY: man
MANDIR ?= $(PREFIX)/share/man
IN_PYTHON := align compass tune
man: $(BUILD)/nce2vec $(BUILD)/libnce2vec.so ## write the man pages in docs/ anew, from the help
	python3 scripts/man.py $(BUILD)/nce2vec > docs/nce2vec.1.part
	for command in $(IN_PYTHON); do PYTHONPATH=python NCE2VEC_LIBRARY=$(abspath $(BUILD)/libnce2vec.so) $(DEBIAN_PYTHON) \
	    scripts/man.py python/nce2vec/__main__.py $$command > docs/nce2vec-$$command.1.part || exit 1; done
	for page in docs/*.1.part; do mv $$page $${page%.part} || exit 1; done

.PHONY: stubs
stubs: $(BUILD)/libnce2vec.so ## write the Python package's stubs anew, from the table of settings
	NCE2VEC_LIBRARY=$(abspath $<) $(DEBIAN_PYTHON) scripts/python_stubs.py

# What pip installs without a compiler. The backend takes what is built already.
.PHONY: wheel portable-wheel
wheel: all ## build a wheel of the Python package: $(BUILD)/nce2vec-*.whl
	rm -f $(BUILD)/*.whl
	cd python && NCE2VEC_PREBUILT=$(abspath $(BUILD)/libnce2vec.so) python3 -B -c \
	    'import build_wheel_of_library as backend; backend.build_wheel("$(abspath $(BUILD))")'

# An old glibc is enough for it where it is built with an old one. The licence of utf8proc goes with its code.
UTF8PROC_LICENSE ?= $(wildcard /usr/share/doc/libutf8proc-dev/copyright)
portable-wheel: ## a wheel for other machines: it needs glibc and zlib alone ($(BUILD)/portable/nce2vec-*.whl)
	@mkdir -p $(BUILD)/portable
	cat $(UTF8PROC_LICENSE) /dev/null > $(BUILD)/portable/NOTICE
	$(MAKE) BUILD=$(BUILD)/portable BZIP2= XZ= ZSTD= ICU= LIBEDIT= UTF8PROC=-l:libutf8proc.a wheel

# Other releases of Debian: compilers, Pythons, NumPys.
.PHONY: check-releases
check-releases: ## build and test the last commit on other releases of Debian (root, network; RELEASE="bullseye sid")
	scripts/check-releases.sh $(RELEASE)

PUBLIC_HEADERS := $(wildcard include/*.h include/*/*.h)
install: all ## install program, man page, headers, libraries, .pc (PREFIX, LIBDIR, MANDIR, DESTDIR)
	install -D -m 755 $(BUILD)/nce2vec $(DESTDIR)$(PREFIX)/bin/nce2vec
	install -D -m 644 docs/nce2vec.1 $(DESTDIR)$(MANDIR)/man1/nce2vec.1
	for header in $(PUBLIC_HEADERS); do install -D -m 644 $$header $(DESTDIR)$(PREFIX)/$$header || exit 1; done
	install -D -m 644 $(BUILD)/libnce2vec.a $(DESTDIR)$(LIBDIR)/libnce2vec.a
	install -D -m 755 $(BUILD)/libnce2vec.so $(DESTDIR)$(LIBDIR)/libnce2vec.so.$(VERSION)
	ln -sf libnce2vec.so.$(VERSION) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libnce2vec.so
	install -D -m 644 $(BUILD)/nce2vec.pc $(DESTDIR)$(LIBDIR)/pkgconfig/nce2vec.pc

uninstall: ## remove what install put there (the same PREFIX, LIBDIR, MANDIR, DESTDIR)
	rm -f $(DESTDIR)$(PREFIX)/bin/nce2vec $(DESTDIR)$(MANDIR)/man1/nce2vec.1 \
	    $(PUBLIC_HEADERS:%=$(DESTDIR)$(PREFIX)/%) $(DESTDIR)$(LIBDIR)/libnce2vec.a \
	    $(DESTDIR)$(LIBDIR)/libnce2vec.so $(DESTDIR)$(LIBDIR)/$(SONAME) $(DESTDIR)$(LIBDIR)/libnce2vec.so.$(VERSION) \
	    $(DESTDIR)$(LIBDIR)/pkgconfig/nce2vec.pc
	[ ! -d $(DESTDIR)$(PREFIX)/include/nce2vec ] || rmdir --ignore-fail-on-non-empty $(DESTDIR)$(PREFIX)/include/nce2vec

format: ## lay out the sources with clang-format
	clang-format -i $(shell git ls-files '*.c' '*.h')

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

-include $(patsubst %.o,%.d,$(LIB_OBJECTS) $(CLI_OBJECTS) $(HELPER_OBJECTS)) $(patsubst %,%.d,$(TESTS)) $(wildcard $(FAULTS)/*.d)
