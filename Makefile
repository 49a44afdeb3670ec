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
	libgpgme-dev libnotmuch-dev libsqlite3-dev libglib2.0-dev libgumbo-dev libpsl-dev libidn2-dev libunistring-dev \
	libxml2-dev
CHECK_PACKAGES = dovecot-imapd dovecot-pop3d dovecot-submissiond openssl gnupg gpgconf pinentry-curses python3 python3-pyte perl \
	clang-format locales mandoc git

ifeq ($(origin CC),default)
CC = gcc
endif
SANITIZE ?=
# make V=1 shows the whole commands.
V ?=
Q = $(if $V,,@)
say = @$(if $V$(findstring s,$(firstword -$(MAKEFLAGS))),true,printf '  %s  %s\n' '$1' '$2')
comma = ,
VARIANT = $(notdir $(CC))$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
B = build/$(VARIANT)

PKGS = glib-2.0 gio-unix-2.0 gmime-3.0 gpgme openssl sqlite3 gumbo libpsl libidn2 libxml-2.0 ncursesw
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
DATA     := $(sort $(wildcard profiles/*.conf src/mail/data/*))

LIB_OBJ  := $(LIB_SRC:%.c=$B/obj/%.o) $B/obj/resource.o
FACE_OBJ := $(FACE_SRC:%.c=$B/obj/%.o)
TEST_SHARED_OBJ := $(TEST_SHARED_SRC:%.c=$B/obj/%.o)
TESTS    := $(TEST_SRC:tests/%.c=$B/tests/%)
FAULT    := $B/fault.so

LANGUAGES := $(patsubst po/%.po,%,$(wildcard po/*.po))
MO := $(LANGUAGES:%=$B/locale/%/LC_MESSAGES/fubako.mo)
C_FILES := $(wildcard src/*.c src/*/*.[ch] ui/*.[ch] tests/*/*.[ch])

.PHONY: all run demo check lint fmt deps install uninstall dist clean help asan tsan bench bench-list asan-one screenshot po print-cflags
all: $B/fubako $(MO)

$B/fubako: $(FACE_OBJ) $B/obj/src/main.o $B/libfubako.a $B/obj/resource.o
	$(call say,LD,$@)
	$Q$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$B/libfubako.a: $(filter-out $B/obj/resource.o,$(LIB_OBJ))
	@rm -f $@
	$(call say,AR,$@)
	$Q$(AR) rcs $@ $^

$B/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$Q$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Profiles and rule lists travel inside the program.
$B/resource.xml: $(DATA)
	@mkdir -p $(@D)
	@{ echo '<gresources><gresource prefix="/fubako">'; \
	   for f in $(DATA); do echo "<file alias=\"$$(basename $$(dirname $$f))/$$(basename $$f)\">$$f</file>"; done; \
	   echo '</gresource></gresources>'; } > $@
$B/resource.c: $B/resource.xml $(DATA)
	$Qglib-compile-resources --sourcedir=. --target=$@ --generate-source --c-name fbk_shipped $<
$B/obj/resource.o: $B/resource.c
	@mkdir -p $(@D)
	$Q$(CC) $(ALL_CFLAGS) -Wno-missing-prototypes -Wno-unused -c -o $@ $<

# Only tests of the faces know the faces.
$B/tests/ui/%: $B/obj/tests/ui/%.o $(TEST_SHARED_OBJ) $(FACE_OBJ) $B/libfubako.a $B/obj/resource.o
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$Q$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)
$B/tests/%: $B/obj/tests/%.o $(TEST_SHARED_OBJ) $B/libfubako.a $B/obj/resource.o
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$Q$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

# Sits under the program in crash and full-disk tests.
$(FAULT): tests/servers/fault.c
	@mkdir -p $(@D)
	$Q$(CC) -std=gnu11 $(WARNINGS) -O1 -g -fPIC -shared -o $@ $< -ldl

$B/locale/%/LC_MESSAGES/fubako.mo: po/%.po
	@mkdir -p $(@D)
	$Qmsgfmt --check -o $@ $<

# --- what people type ---

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'

run: all ## build and open the program
	$B/fubako

deps: ## install what building needs (Debian, Ubuntu)
	@tests/servers/install.sh $(BUILD_PACKAGES)

demo: deps ## try the program on a throw-away sample mailbox
	@$(MAKE) --no-print-directory -s all $B/tests/demo/make_home
	@B=$B tests/demo/run.sh

check: ## install what the tests need, build, run every test
	@tests/servers/install.sh $(BUILD_PACKAGES) $(CHECK_PACKAGES)
	@$(MAKE) --no-print-directory check-installed

check-installed: all tests
	@B=$B CC="$(CC)" SANITIZE="$(SANITIZE)" tests/run.sh $(TESTS) tests/layers.sh tests/headers.sh $(sort $(wildcard tests/e2e/*.py))

tests: $(TESTS) $(FAULT) $B/tests/demo/make_home

asan: ## all tests under the address and undefined-behaviour sanitizers
	$(MAKE) check SANITIZE=address,undefined

tsan: ## the tests of the workers under the thread sanitizer
	$(MAKE) SANITIZE=thread tests-of-workers

tests-of-workers: $B/tests/base/test_job $B/tests/net/test_stream
	@B=$B SANITIZE="$(SANITIZE)" tests/run.sh $^

asan-one: ## one test under the sanitizers: make asan-one T=mail/test_link
	$(MAKE) SANITIZE=address,undefined build/gcc-address-undefined/tests/$(T)
	build/gcc-address-undefined/tests/$(T)

bench: bench-list ## every benchmark

$B/tests/bench/bench_list: $B/obj/tests/bench/peer.o
bench-list: all $B/tests/demo/make_home $B/tests/bench/bench_list ## the list of mail at 10,000 and more messages, beside peers
	@$B/tests/bench/bench_list
	@B=$B tests/bench/first_screen.py

lint: ## format, sizes, translations, static checks
	@tests/lint.sh

fmt: ## lay the C files out
	clang-format -i $(C_FILES)

po: ## bring po/ja.po up to date with the sources
	@tests/po.sh

screenshot: all $B/tests/demo/make_home ## draw doc/screen.svg from the real program
	@B=$B tests/demo/picture.py doc/screen.svg

install: all ## install under PREFIX (/usr/local)
	install -D -m 755 $B/fubako $(DESTDIR)$(bindir)/fubako
	for page in doc/*.[0-9]; do install -D -m 644 $$page $(DESTDIR)$(mandir)/man$${page##*.}/$$(basename $$page); done
	for page in doc/ja/*.[0-9]; do install -D -m 644 $$page $(DESTDIR)$(mandir)/ja/man$${page##*.}/$$(basename $$page); done
	for language in $(LANGUAGES); do install -D -m 644 $B/locale/$$language/LC_MESSAGES/fubako.mo \
	  $(DESTDIR)$(localedir)/$$language/LC_MESSAGES/fubako.mo; done
	for profile in profiles/*.conf; do install -D -m 644 $$profile $(DESTDIR)$(datadir)/doc/fubako/$$profile; done

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(bindir)/fubako
	for page in doc/*.[0-9]; do rm -f $(DESTDIR)$(mandir)/man$${page##*.}/$$(basename $$page); done
	for page in doc/ja/*.[0-9]; do rm -f $(DESTDIR)$(mandir)/ja/man$${page##*.}/$$(basename $$page); done
	for language in $(LANGUAGES); do rm -f $(DESTDIR)$(localedir)/$$language/LC_MESSAGES/fubako.mo; done
	rm -rf $(DESTDIR)$(datadir)/doc/fubako

dist: ## a source archive of the last commit
	git archive --prefix=fubako-$(VERSION)/ -o fubako-$(VERSION).tar.gz HEAD

clean: ## remove everything that was built
	rm -rf build

# For tests/headers.sh and editors: the compiler's flags, quoted for a shell.
print-cflags: ; $(info $(ALL_CFLAGS))@:

-include $(shell find $B/obj -name '*.d' 2>/dev/null)
