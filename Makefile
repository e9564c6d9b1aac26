# Every target installs what it needs first; `make help` lists them.
# Install under Node 24: npm chooses native packages by its own Node, and an older one skips some in silence.
.PHONY: demo test check lint types bench fuzz clean help
RUN := npm run --silent

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

node_modules/.installed: package.json package-lock.json
	npx -y -p node@24 -c 'npm install --no-audit --no-fund'
	@touch $@

test: check node_modules/.installed ## install, then lint, types and every test
	$(RUN) test

check: lint types ## lint and types

lint: node_modules/.installed ## Biome
	$(RUN) lint

types: node_modules/.installed ## TypeScript 7, strictest
	$(RUN) types

clean: ## remove what targets made
	rm -rf node_modules dist .stryker-tmp *.tgz
