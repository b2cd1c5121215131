# The commands of this project; each does its own set-up. `make help` lists them, local/README.md explains.
PYTHON ?= python3
STACK = PYTHONPATH=local $(PYTHON) -m stack
export PYTHONDONTWRITEBYTECODE = 1

.DEFAULT_GOAL := help
.PHONY: help dev up down clean-local seed invoke test test-upgrade bench fuzz lint build deploy image push

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

dev: ## Everything in the foreground; functions are rebuilt as you edit; Ctrl-C stops all it started
	@$(STACK) dev

up: ## The same, detached; ready when it returns
	@$(STACK) up

down: ## Stop everything, leave the data
	@$(STACK) down

clean-local: ## Stop everything, remove data, downloads and settings (.local)
	@$(STACK) clean

seed: ## Made-up events of the last 30 days through the API: make seed N=100000 [SEED=1]
	@N='$(N)' SEED='$(SEED)' $(STACK) seed

invoke: ## One function with one event: make invoke FN=worker EVENT=events/worker/one-task.json [SAM=1]
	@FN='$(FN)' EVENT='$(EVENT)' SAM='$(SAM)' $(STACK) invoke

test: ## Every test, on a stack of its own
	@$(STACK) test

test-upgrade: ## A release deployed over another while tasks run: make test-upgrade FROM=<revision>, see docs/releases.md
	@FROM='$(FROM)' $(STACK) upgrade

bench: ## Figures of this machine: functions beside Node's and Python's, broadcasts beside ws; see bench/README.md
	@$(STACK) bench

fuzz: ## Fuzz what strangers can send; SECONDS_EACH=600 for longer than half a minute each
	@fuzz/all

lint: ## Formatting, lints, licences, the template
	@$(STACK) lint

build: ## Release zips for AWS under target/lambda
	@$(STACK) build

deploy: ## sam build and sam deploy: make deploy [STAGE=dev] [PARAMETERS='Pool=on …'] [REPLACE=…], see docs/deploy.md
	@# STAGE, PARAMETERS and REPLACE are in the environment by themselves, whatever quotes are in them.
	@$(STACK) deploy

image: ## The pool's container image for this machine; needs Docker
	@$(STACK) image

push: ## The same for both processors, to the registry of a deployed stack: make push [STAGE=dev]
	@STAGE='$(STAGE)' $(STACK) push
