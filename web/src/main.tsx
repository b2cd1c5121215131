import { render } from "preact";
import { ConfigError, loadConfig } from "./config";
import { AppContext, createApp } from "./state/app";
import { Broken } from "./view/broken";
import { Page } from "./view/page";

const root = document.getElementById("app");
if (!root) throw new Error("no #app");

try {
  const app = createApp(await loadConfig());
  render(
    <AppContext.Provider value={app}>
      <Page />
    </AppContext.Provider>,
    root,
  );
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  render(<Broken detail={error.message} />, root);
}
