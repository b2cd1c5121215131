import { computed } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { PlusIcon } from "../parts/icons";
import { hrefOf } from "../shell/routes";
import { useApp } from "../state/app";
import { clock } from "../state/ports";
import { texts } from "../texts";
import { readFilter } from "./filter";
import { FilterBar } from "./filter-bar";
import { createSearch } from "./search";
import { TaskDrawer } from "./task-drawer";
import { TaskList } from "./task-list";

export function TasksPage() {
  const { client, router, tasks } = useApp();
  const filter = useMemo(() => computed(() => readFilter(router.route.value.query)), []);
  const search = useMemo(() => createSearch({ client, clock }, tasks.list, filter), []);
  useEffect(() => search.close, []);
  return (
    <>
      <div class="page-head">
        <h1>{texts.tasks.title}</h1>
        <a class="button primary" href={hrefOf("new")}>
          <PlusIcon />
          {texts.tasks.newTask}
        </a>
      </div>
      <FilterBar filter={filter.value} />
      <TaskList search={search} filter={filter.value} />
      <TaskDrawer />
    </>
  );
}
