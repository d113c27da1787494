# Darkroom: make TARGET. `make run` starts the worker, `make test` checks everything; README.md has the rest.
# The comment above a target is its line in what `make` alone prints.

.DEFAULT_GOAL := help

# JAVA_HOME stays as it is: the worker, and the training of its cache, take the Java that entrypoint.sh takes by itself, which may be a JRE
JDK := $(shell startup-checks/java-home jdk)
ifeq ($(JDK),)
# to read what there is takes none
ifneq ($(filter-out help,$(or $(MAKECMDGOALS),help)),)
$(error no JDK 25: see the message above)
endif
endif
# as in entrypoint.sh
export GOMP_SPINCOUNT ?= 20000

MVN := ./mvnw -B -ntp
APP := handler/target/quarkus-app/quarkus-run.jar
TEST_JAVA = $(JDK)/bin/java @handler/jvm.options -Ddarkroom.home=$(CURDIR) \
  -cp handler/target/test-classes:handler/target/classes:$$(cat handler/target/test-classpath)
SOURCES := pom.xml client/pom.xml engine/pom.xml handler/pom.xml $(shell find client/src/main engine/src/main handler/src/main -type f)

.PHONY: help build cache run dev job test coverage bench bench-gpu gpu-check tally simulate soak golden fuzz audit format deploy-test dev-check image image-check

# these look for nothing themselves
test fuzz gpu-check deploy-test image-check: export JAVA_HOME := $(JDK)

# Lists the targets
help:
	@echo 'make TARGET:'
	@awk '/^# /  { if (said == "") said = substr($$0, 3); next } \
	  /^[a-z][a-z-]*:([^=]|$$)/ { if (said != "") { split($$0, name, ":"); printf "  %-12s %s\n", name[1], said } } \
	  { said = "" }' $(MAKEFILE_LIST)

# Builds the worker, with its cache of classes
build: cache

$(APP): $(SOURCES)
	@echo "building the worker; the first time this fetches about 350 MB, which takes minutes" >&2
	@if [ -t 2 ]; then ./mvnw package -Dmaven.test.skip=true >&2; else $(MVN) -q package -Dmaven.test.skip=true >&2; fi
	@touch $@

# Makes the cache of classes again where the build, Java, the options or it itself have changed
# With it the JVM has the worker ready in three fifths of the time.
cache: $(APP)
	@startup-checks/train-cache --needed || :

# Starts the worker in the foreground
run: build
	./entrypoint.sh

# Starts it with every change of engine/ and handler/ taken over at the next request
dev:
	@./mvnw -ntp quarkus:dev

# Runs one job: make job PAYLOAD=test-payloads/flux-sunset.json
job: build
	@./entrypoint.sh --payload $(or $(PAYLOAD),$(error which job? make job PAYLOAD=test-payloads/flux-sunset.json))

# Formatting, compiler checks, architecture rules and all tests; then those of deploy/, where npm can install what they need
test:
	@$(MVN) verify
	@deploy/test

# Which lines the tests run, without those that start a process of their own: target/coverage/index.html
coverage:
	@rm -f engine/target/jacoco.exec handler/target/jacoco.exec
	@$(MVN) test -Pcoverage
	@awk -F, 'NR > 1 { sub(".*/", "", $$1); missed[$$1] += $$8; run[$$1] += $$9 } \
	  END { for (module in run) printf "%s: %.1f %% of %d lines\n", module, 100 * run[module] / (run[module] + missed[module]), run[module] + missed[module] }' \
	  target/coverage/jacoco.csv | sort

# Compares with reference results: make golden GOLDENS=dir [FAMILY=flux]
golden: test-classes
	@$(TEST_JAVA) dev.darkroom.golden.GoldenMain $(or $(GOLDENS),$(error which goldens? make golden GOLDENS=dir)) $(FAMILY)

# What starting, loading, making and editing a picture cost here: make bench [ONLY='path edit growth batch allocator types'];
# after what a mark is read: make bench ONLY=mark [PICTURES=folder of photographs] [UNMARKED=10000]
bench: build test-classes
	@$(TEST_JAVA) dev.darkroom.bench.Bench $(ONLY)

# FLUX.1-dev at full size with random weights on the card here: make bench-gpu > figures.json; TINY=tiny is a try that needs no card
bench-gpu: test-classes
	@has_card() { [ -z "$(TINY)" ]; }; . startup-checks/libraries.bash; $(TEST_JAVA) dev.darkroom.gpu.GpuBench $(TINY)

# What a card is checked with where nothing is installed: target/gpu-check.tgz, to be unpacked there; deploy/gpu-check/gpu-check.sh is in it
gpu-check: test-classes
	@deploy/gpu-check/bundle "handler/target/test-classes:engine/target/test-classes:engine/target/classes:$$(cat handler/target/test-classpath)" target/gpu-check.tgz

# What a step costs on a card, from shapes alone, and the forecast by card: make tally MODEL=flux.1-dev [SIZE=1024x1024] [FORMAT=json], or MODEL=all
tally: test-classes
	@$(TEST_JAVA) -Ddarkroom.operators.over=meta.py dev.darkroom.meta.Tally "$(MODEL)" "$(SIZE)" "$(FORMAT)"

# Random jobs for published models on simulated cards of 8 to 80 GB: make simulate [JOBS=600] [SEED=1]
simulate: test-classes
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && $(TEST_JAVA) -Ddarkroom.operators.over=meta.py dev.darkroom.meta.SimulatedJobs "$$folder" $(or $(JOBS),600) $(or $(SEED),1)

# Does thousands of small jobs, while everything around the worker fails: make soak [MINUTES=2] [JOBS=3000]; and a hundred changes of LoRAs
soak: build test-classes
	@$(TEST_JAVA) dev.darkroom.soak.Soak $(or $(MINUTES),2) $(or $(JOBS),3000)
	@$(MVN) test -pl engine -Dtest='LoraOnFluxTest#many*,QwenLoraTest#many*' -Ddarkroom.requests=100

.PHONY: test-classes
test-classes:
	@$(MVN) -q test-compile dependency:build-classpath -Dmdep.outputFile=target/test-classpath -Dmdep.includeScope=test -pl client,engine,handler >&2

# Looks for bytes that break a reader, a minute for each one: make fuzz [SECONDS=60] [ONLY='PictureFuzz BodyFuzz']
fuzz: test-classes
	@$(MVN) -q dependency:build-classpath -Pfuzz -Dmdep.outputFile=target/fuzz-classpath -Dmdep.includeScope=test test-compile -pl client,engine,handler >&2
	@.ci/fuzz $(or $(SECONDS),60) $(ONLY)

# Licences of all that is shipped (handler/target/bom.json), and known vulnerabilities where OSV's database can be reached
audit: $(APP) test-classes
	@$(TEST_JAVA) dev.darkroom.audit.Audit handler/target/bom.json $(or $(OSV),https://api.osv.dev)

# Formats the sources as `make test` wants them
format:
	@$(MVN) -q spotless:apply

# Functions, the client, schemas and linters of deploy/; needs npm, and says so where it cannot install
deploy-test: $(APP) test-classes
	@deploy/test

# Does make dev take over a change of the handler and one of the engine? In a copy of all this; takes a minute or two
dev-check:
	@.ci/dev-check

IMAGE ?= darkroom:latest
# Builds the container image: make image [IMAGE=darkroom:latest] [IMAGE_ARGS='--build-arg FLAVOR=cpu']
image:
	@engine=$$(deploy/engine) && $$engine build $$([ $$engine != podman ] || echo --format docker) -f Dockerfile.cuda -t $(IMAGE) \
	  --build-arg REVISION=$$(git rev-parse HEAD 2>/dev/null || echo unknown) $(IMAGE_ARGS) .

# Builds the image for the CPU, starts it, runs jobs in it; deploy/image-check says what it needs
image-check:
	@deploy/image-check
