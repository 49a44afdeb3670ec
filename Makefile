# Fubako: one Makefile, no recursion. `make help` lists the targets.
# Variants have their own build folder: make CC=clang, make check SANITIZE=address,undefined.

VERSION  = 0.1
PREFIX  ?= /usr/local
DESTDIR ?=
bindir     = $(PREFIX)/bin
datadir    = $(PREFIX)/share
mandir     = $(datadir)/man
localedir  = $(datadir)/locale

# Debian and Ubuntu packages, one list: to build, and besides to run the tests.
BUILD_PACKAGES = build-essential pkg-config gettext libncurses-dev libetpan-dev libssl-dev libgmime-3.0-dev \
	libgpgme-dev libnotmuch-dev libsqlite3-dev libglib2.0-dev libgumbo-dev libpsl-dev libidn2-dev libunistring-dev
CHECK_PACKAGES = dovecot-imapd dovecot-pop3d dovecot-submissiond openssl gnupg python3 python3-pyte perl strace clang-format locales

ifeq ($(origin CC),default)
CC = gcc
endif
SANITIZE ?=
comma = ,
VARIANT = $(notdir $(CC))$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
B = build/$(VARIANT)

PKGS = glib-2.0 gio-unix-2.0 gmime-3.0 gpgme openssl sqlite3 gumbo libpsl libidn2 ncursesw
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wundef -Wno-missing-field-initializers
CFLAGS  ?= -O2 -g
ALL_CFLAGS = -std=gnu11 $(WARNINGS) -fvisibility=hidden -fPIE -fstack-protector-strong $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2) \
	-DFUBAKO_VERSION='"$(VERSION)"' -DFUBAKO_LOCALEDIR='"$(localedir)"' -DG_LOG_DOMAIN='"fubako"' -DGETTEXT_PACKAGE='"fubako"' \
	-Isrc -I. $(PKG_CFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -O1) $(CFLAGS)
# libetpan's own .pc asks for no-pie; only its headers' flags (none here) would be wanted. libnotmuch and libunistring have no .pc.
ALL_LIBS = $(PKG_LIBS) -letpan -lnotmuch -lunistring -lpthread
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now $(if $(SANITIZE),-fsanitize=$(SANITIZE)) $(LDFLAGS)

# The thread sanitizer cannot see the locks of GLib's own allocator.
ifneq ($(findstring thread,$(SANITIZE)),)
export G_SLICE = always-malloc
endif

LIB_SRC  := $(wildcard src/base/*.c src/mail/*.c src/net/*.c src/store/*.c src/flow/*.c)
FACE_SRC := $(wildcard src/cmd/*.c ui/*.c)
TEST_SRC := $(wildcard tests/base/test_*.c tests/mail/test_*.c tests/net/test_*.c tests/store/test_*.c tests/flow/test_*.c tests/ui/test_*.c)
TEST_SHARED_SRC := $(wildcard tests/shared/*.c)
BENCH_SRC := $(wildcard tests/bench/*.c)
DATA     := $(sort $(wildcard profiles/*.conf src/mail/data/*))

LIB_OBJ  := $(LIB_SRC:%.c=$B/obj/%.o) $B/obj/resource.o
FACE_OBJ := $(FACE_SRC:%.c=$B/obj/%.o)
TEST_SHARED_OBJ := $(TEST_SHARED_SRC:%.c=$B/obj/%.o)
TESTS    := $(TEST_SRC:tests/%.c=$B/tests/%)
FAULT    := $B/fault.so

MO := $(patsubst po/%.po,$B/locale/%/LC_MESSAGES/fubako.mo,$(wildcard po/*.po))

.PHONY: all run demo check lint fmt deps install uninstall dist clean help asan tsan bench bench-list asan-one screenshot po print-cflags
all: $B/fubako $(MO)

$B/fubako: $(FACE_OBJ) $B/obj/src/main.o $B/libfubako.a $B/obj/resource.o
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$B/libfubako.a: $(filter-out $B/obj/resource.o,$(LIB_OBJ))
	@rm -f $@
	$(AR) rcs $@ $^

$B/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Profiles and rule lists travel inside the program.
$B/resource.xml: $(DATA)
	@mkdir -p $(@D)
	@{ echo '<gresources><gresource prefix="/fubako">'; \
	   for f in $(DATA); do echo "<file alias=\"$$(basename $$(dirname $$f))/$$(basename $$f)\">$$f</file>"; done; \
	   echo '</gresource></gresources>'; } > $@
$B/resource.c: $B/resource.xml $(DATA)
	glib-compile-resources --sourcedir=. --target=$@ --generate-source --c-name fbk_shipped $<
$B/obj/resource.o: $B/resource.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Wno-missing-prototypes -Wno-unused -c -o $@ $<

$B/tests/%: $B/obj/tests/%.o $(TEST_SHARED_OBJ) $(FACE_OBJ) $B/libfubako.a $B/obj/resource.o
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

asan-one:
	$(MAKE) SANITIZE=address,undefined build/gcc-address-undefined/tests/$(T)
	build/gcc-address-undefined/tests/$(T)

# For tests/headers.sh and editors: the compiler's flags, quoted for a shell.
print-cflags: ; $(info $(ALL_CFLAGS))@:

clean:
	rm -rf build

-include $(shell find $B/obj -name '*.d' 2>/dev/null)
