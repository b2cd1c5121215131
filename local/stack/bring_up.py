"""The whole set-up, from nothing or from any state, as `make up`, `make dev` and `make test` share it.

Four strands run side by side (build, emulator, databases, dashboard packages) and meet where one needs another.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from stack import build, canary, deploy, emulator, migrate, package, pool, run, services, stack_env, tools, users, web
from stack import template as templates
from stack.databases import gateway, resolve
from stack.databases import start as databases
from stack.databases.resolve import Plan
from stack.databases.start import Addresses
from stack.progress import Progress
from stack.settings import Settings
from stack.template import Template

T = TypeVar("T")


@dataclass(frozen=True)
class Running:
    """A stack that is up."""

    template: Template
    databases: Addresses
    env: dict[str, str]


def bring_up(settings: Settings, progress: Progress) -> Running:
    """Start whatever is missing, deploy whatever changed."""
    run.begin()
    tools.require("cargo", "cc", "node", "npm")
    template = templates.load(settings.template)
    plan = resolve.resolve(settings)
    for folder in (settings.home, settings.logs, settings.run, settings.data):
        folder.mkdir(parents=True, exist_ok=True)
    services.end_strays(settings)
    strands = _Strands()
    emulating = strands.start(lambda: start_emulator(settings, progress))
    building = strands.start(lambda: compile_all(settings, template, plan, progress))
    engine = strands.start(lambda: databases.start_engine(settings, plan, progress))
    postgres = strands.start(lambda: databases.start_postgres(settings, plan, engine.result, progress))
    mongo = strands.start(lambda: databases.start_mongo(settings, plan, engine.result, building.result, progress))
    if web.exists(settings):
        strands.start(lambda: web.install(settings, progress))
    strands.join()
    stores = Addresses(postgres.result(), mongo.result(), engine.result())
    emulating.result()
    run_migrations(settings, building.result(), stores, progress)
    outputs = deploy_functions(settings, template, building.result(), stores, progress)
    env = make_users(settings, outputs, stores, progress)
    start_pool(settings, building.result(), progress)
    if web.exists(settings):
        with progress.step("Dashboard") as step:
            web.start(settings)
            step.result = settings.web_url
    return Running(template, stores, env)


def start_emulator(settings: Settings, progress: Progress) -> None:
    """The emulator, with a line on screen."""
    with progress.step("AWS emulator") as step:
        emulator.start(settings)
        step.result = f"port {settings.ports.aws.number}"


def compile_all(settings: Settings, template: Template, plan: Plan, progress: Progress) -> dict[str, Path]:
    """Every binary that the stack runs."""
    with progress.step("Build") as step:
        return build.compile_all(settings, binaries(template, plan), step)


def binaries(template: Template, plan: Plan) -> list[str]:
    """Their names."""
    names = [*(function.binary for function in template.functions), build.MIGRATE, pool.BINARY]
    return [*names, gateway.BINARY] if plan.uses_gateway else names


def start_pool(settings: Settings, binaries: dict[str, Path], progress: Progress) -> None:
    """The processes that POOL asks for, with a line on screen; none where it does not."""
    if pool.wanted(settings):
        with progress.step("Pool beside the Lambdas") as step:
            step.result = ", ".join(pool.start(settings, binaries[pool.BINARY]))
    else:
        pool.start(settings, binaries[pool.BINARY])


def run_migrations(settings: Settings, binaries: dict[str, Path], stores: Addresses, progress: Progress) -> None:
    """The schema, with a line on screen."""
    with progress.step("Database schema"):
        migrate.apply(settings, binaries[build.MIGRATE], stores)


def deploy_functions(
    settings: Settings, template: Template, binaries: dict[str, Path], stores: Addresses, progress: Progress
) -> dict[str, str]:
    """Package and deploy; gives the stack's outputs."""
    with progress.step("Deploy template.yaml") as step:
        step.doing = "packaging"
        with ThreadPoolExecutor() as pool:
            names = [function.binary for function in template.functions]
            packages = list(pool.map(lambda name: package.make(settings, name, binaries[name]), names))
        step.doing = "CloudFormation"
        return deploy.deploy(settings, template, packages, parameters(settings, stores))


def parameters(settings: Settings, stores: Addresses) -> dict[str, str]:
    """What makes the one template a local one."""
    return {
        "Stage": "local",
        "DatabaseUrl": stores.postgres,
        "MongodbUri": stores.mongo,
        "WebHosting": "none",
        "WebOrigin": settings.web_url,
        "Architecture": settings.architecture,
        # Receivers of callbacks run beside the stack.
        "CallbackAllow": "http, 127.0.0.0/8, any port",
        "LocalEndpoint": f"127.0.0.1:{settings.ports.aws.number}",
        # Tests and load on one machine come from few tenants.
        # Two cores and one emulator answer a few hundred calls a second: more at once would only time out.
        "WorkerConcurrency": "6",
        "PusherConcurrency": "3",
        "SubmissionsPerMinute": "60000",
        "SubmissionBurst": "20000",
        "RunCanary": canary.wanted(settings),
        "Pool": "on" if pool.wanted(settings) else "off",
        "LogLevel": settings.environ.get("ADOLOGY_LOG_LEVEL", "info"),
    }


def make_users(settings: Settings, outputs: dict[str, str], stores: Addresses, progress: Progress) -> dict[str, str]:
    """Who signs in, and the file that tells scripts all that they need; gives its values."""
    with progress.step("Demo users and .local/stack.env"):
        accounts = users.seed(settings, outputs["UserPoolId"])
        canary.ensure_user(settings, outputs)
        env = stack_env.compose(settings, outputs, stores, accounts)
        stack_env.write(settings, env)
    return env


class _Strands:
    """Work side by side; the first failure ends the others."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=8)
        self._futures: list[Future[Any]] = []

    def start(self, work: Callable[[], T]) -> Future[T]:
        future = self._pool.submit(work)
        self._futures.append(future)
        return future

    def join(self) -> None:
        try:
            done, _ = wait(self._futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        except BaseException:
            run.give_up()
            raise
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)
