# Builds the core library (no nginx), its tests, and the module.
#
#   make lib      build/core/libworkflow.a
#   make module   build/module/ngx_http_cloudflow_module.so
#   make test     everything that needs no nginx: unit, sim, short fuzz, tidy
#   make clean

CC      ?= gcc
CFLAGS  ?= -O2 -g
WARN    := -std=gnu11 -Wall -Wextra -Werror
LIBS    := -lcjson -lyaml -lsqlite3 -lcrypto -lpcre2-8 -lz -lm -lpthread

ROOMS   := base expr flow engine store wire shard actions
CORE    := $(foreach room,$(ROOMS),$(wildcard src/$(room)/*.c))
OUT     ?= build/core
OBJS    := $(CORE:src/%.c=$(OUT)/%.o)

all: lib module

lib: $(OUT)/libworkflow.a

$(OUT)/libworkflow.a: $(OBJS)
	@rm -f $@
	ar rcs $@ $^

$(OUT)/%.o: src/%.c
	@mkdir -p $(dir $@)
	$(CC) $(CFLAGS) $(WARN) -fPIC -Isrc -MMD -MP -c -o $@ $<

# A load generator for script/bench and the tests of whole processes.
load: build/load

build/load: bench/load.c
	@mkdir -p build
	$(CC) -D_GNU_SOURCE $(CFLAGS) -Wall -Wextra -Werror -o $@ $<

# What the disk and SQLite can do, for script/bench.
build/store_bench: bench/store_bench.c $(OUT)/libworkflow.a
	$(CC) $(CFLAGS) $(WARN) -Isrc -o $@ $< $(OUT)/libworkflow.a $(LIBS)

module:
	script/build

test:
	script/test tidy unit sim fuzz

clean:
	rm -rf build

-include $(OBJS:.o=.d)

.PHONY: all lib load module test clean
