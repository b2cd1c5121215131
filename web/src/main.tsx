import { render } from "preact";
import { ConfigError, loadConfig } from "./config";
import { Broken } from "./shell/broken";
import { Shell } from "./shell/shell";
import { AppContext, createApp } from "./state/app";

const root = document.getElementById("app");
if (!root) throw new Error("no #app");

try {
  const app = createApp(await loadConfig());
  render(
    <AppContext.Provider value={app}>
      <Shell />
    </AppContext.Provider>,
    root,
  );
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  render(<Broken detail={error.message} />, root);
}
