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
# GNU C11: POSIX, and a*b+c as one FMA where a kernel's instruction set has it.
ALL_CPPFLAGS = -D_GNU_SOURCE -Iinclude -Isrc $(CPPFLAGS)
ALL_CFLAGS = -std=gnu11 -pthread -fPIC -fvisibility=hidden -fno-math-errno $(WARNINGS) $(CFLAGS) \
             $(shell $(PKG_CONFIG) --cflags libutf8proc zlib)
ALL_LDFLAGS = -pthread $(LDFLAGS)
ALL_LDLIBS = $(shell $(PKG_CONFIG) --libs libutf8proc zlib) -lm $(LDLIBS)
CHECK_CFLAGS = $(shell $(PKG_CONFIG) --cflags check)
CHECK_LIBS = $(shell $(PKG_CONFIG) --libs check)

LIB_SOURCES := $(filter-out src/cli/%,$(wildcard src/*.c src/*/*.c src/*/*/*.c))
CLI_SOURCES := $(wildcard src/cli/*.c)
TEST_SOURCES := $(wildcard tests/unit/test_*.c tests/objectives/test_*.c)
TEST_HELPERS := $(filter-out $(TEST_SOURCES),$(wildcard tests/unit/*.c tests/objectives/*.c))

object = $(patsubst %.c,$(BUILD)/%.o,$(1))
LIB_OBJECTS := $(call object,$(LIB_SOURCES))
CLI_OBJECTS := $(call object,$(CLI_SOURCES))
HELPER_OBJECTS := $(call object,$(TEST_HELPERS))
TESTS := $(patsubst %.c,$(BUILD)/%,$(TEST_SOURCES))

.PHONY: all check check-unit check-cli asan ubsan tsan install clean format help
all: $(BUILD)/nce2vec ## build the program (default)

$(BUILD)/libnce2vec.a: $(LIB_OBJECTS)
	$(AR) rcs $@ $^

$(BUILD)/nce2vec: $(CLI_OBJECTS) $(BUILD)/libnce2vec.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# One instruction set a file; which one runs is chosen at start-up.
ifneq ($(filter x86_64 amd64,$(shell uname -m)),)
$(BUILD)/src/kernels/avx2.o: ALL_CFLAGS += -mavx2 -mfma
$(BUILD)/src/kernels/avx512.o: ALL_CFLAGS += -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -mprefer-vector-width=512
endif
$(BUILD)/src/kernels/%.o: ALL_CFLAGS += -ffp-contract=fast

$(BUILD)/tests/%.o: ALL_CPPFLAGS += -Itests $(CHECK_CFLAGS)
$(TESTS): $(BUILD)/%: $(BUILD)/%.o $(HELPER_OBJECTS) $(BUILD)/libnce2vec.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(CHECK_LIBS) $(ALL_LDLIBS)

check: check-unit check-cli ## run the quick tests (under a minute)

check-unit: $(TESTS)
	@failed=0; for test in $(TESTS); do ./$$test || failed=1; done; exit $$failed

check-cli: $(BUILD)/nce2vec
	NCE2VEC=$(abspath $(BUILD)/nce2vec) python3 -m unittest discover -s tests/cli -t tests/cli

# Sanitizers: each in a build of its own; all tests run.
asan:  ## the tests under AddressSanitizer and LeakSanitizer
	$(MAKE) BUILD=build/asan CFLAGS="-O1 -g -fsanitize=address -fno-omit-frame-pointer" check
ubsan: ## the tests under UndefinedBehaviorSanitizer
	$(MAKE) BUILD=build/ubsan CFLAGS="-O1 -g -fsanitize=undefined -fno-sanitize-recover=all" check
tsan:  ## the tests under ThreadSanitizer
	TSAN_OPTIONS="suppressions=$(CURDIR)/tests/tsan.supp" $(MAKE) BUILD=build/tsan CFLAGS="-O1 -g -fsanitize=thread" check

install: all ## install the program and its header (PREFIX, DESTDIR)
	install -D -m 755 $(BUILD)/nce2vec $(DESTDIR)$(PREFIX)/bin/nce2vec
	install -D -m 644 include/nce2vec.h $(DESTDIR)$(PREFIX)/include/nce2vec.h

format: ## lay out the sources with clang-format
	clang-format -i $(shell git ls-files '*.c' '*.h')

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

-include $(patsubst %.o,%.d,$(LIB_OBJECTS) $(CLI_OBJECTS) $(HELPER_OBJECTS)) $(patsubst %,%.d,$(TESTS))
