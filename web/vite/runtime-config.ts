import { readFile } from "node:fs/promises";
import type { Connect, Plugin } from "vite";

/**
 * Serves `/config.json` from the file that ADOLOGY_WEB_CONFIG names, read at each request, so that
 * a redeployed stack needs no restart. In production the same path is an object in the web bucket.
 */
export function runtimeConfig(env: NodeJS.ProcessEnv = process.env): Plugin {
  const serve: Connect.NextHandleFunction = (request, response, next) => {
    if (request.url?.split("?")[0] !== "/config.json") return next();
    void readConfig(env.ADOLOGY_WEB_CONFIG).then(({ status, body }) => {
      response.statusCode = status;
      response.setHeader("content-type", "application/json");
      response.setHeader("cache-control", "no-store");
      response.end(body);
    });
  };
  return {
    name: "adology-runtime-config",
    configureServer: (server) => void server.middlewares.use(serve),
    configurePreviewServer: (server) => void server.middlewares.use(serve),
  };
}

export async function readConfig(file: string | undefined) {
  if (!file) return problem("ADOLOGY_WEB_CONFIG names no file.");
  try {
    return { status: 200, body: await readFile(file, "utf8") };
  } catch (error) {
    return problem(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function problem(detail: string) {
  const title = "No runtime configuration";
  return { status: 404, body: JSON.stringify({ title, status: 404, code: "no_config", detail }) };
}
