# Every target installs what it needs first; `make help` lists them.
# Install under Node 24: npm chooses native packages by its own Node, and an older one skips some in silence.
# Prune behind it: the install script of the npm package `node` leaves packages behind that no lockfile names.
.PHONY: demo test check lint types bench fuzz faults clean help
.DEFAULT_GOAL := help
RUN := npm run --silent

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

node_modules/.installed: package.json package-lock.json
	npx -y -p node@24 -c 'npm install --no-audit --no-fund && npm prune --no-audit --no-fund'
	@touch $@

demo: node_modules/.installed ## verify this repository's own dependencies, commit them, refuse a tampered delta, ask a question
	@node_modules/.bin/node api/cli/demo.ts

test: check node_modules/.installed ## install, then lint, types and every test (REPORTER=tap for machines)
	$(RUN) test

check: lint types ## lint and types

lint: node_modules/.installed ## Biome
	$(RUN) lint

types: node_modules/.installed ## TypeScript 7, strictest
	$(RUN) types

bench: node_modules/.installed ## every benchmark, each beside a peer in the same run
	$(RUN) bench

fuzz: node_modules/.installed ## every fuzz target for ten minutes (FUZZ_SECONDS=n for another time)
	FUZZ_SECONDS=$${FUZZ_SECONDS:-600} $(RUN) fuzz

faults: node_modules/.installed ## what the service must survive, at length: 200 kills at random moments, 100,000 replays at once, bodies of 1 GB
	$(RUN) faults

clean: ## remove what targets made
	rm -rf node_modules dist .stryker-tmp *.tgz
