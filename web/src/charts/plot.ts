/** The chart library and its styles, in a file of their own: pages without a chart do not load it. */

import "uplot/dist/uPlot.min.css";

export { default as Plot } from "uplot";
