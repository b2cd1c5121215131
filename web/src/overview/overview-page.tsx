import { useEffect, useMemo } from "preact/hooks";
import { useApp } from "../state/app";
import { Activity } from "./activity-strip";
import { Charts } from "./charts";
import { Figures } from "./figures";
import { createSeries } from "./series-state";

export function OverviewPage() {
  const { client, figures, pulse } = useApp();
  const series = useMemo(() => createSeries(client, figures.window, Date.now), []);

  useEffect(() => {
    void figures.load();
    const quiet = pulse.onBeat(() => {
      void figures.load();
      void series.refresh();
    });
    return () => {
      quiet();
      series.close();
    };
  }, []);

  return (
    <>
      <Figures series={series} />
      <Activity />
      <Charts series={series} />
    </>
  );
}
