/** The runtime configuration: one build serves every stage. */

import type { PageSettings } from "../client/page";

export interface WebConfig extends PageSettings {
  webSocketUrl?: string;
  region?: string;
  userPoolId?: string;
  /** Present on demo stacks only. */
  demo?: { username: string; password: string };
}

export class ConfigError extends Error {}

const REQUIRED = ["httpUrl", "cognitoEndpoint", "userPoolClientId"] as const;

export async function loadConfig(fetchConfig = () => fetch("/config.json")): Promise<WebConfig> {
  const response = await fetchConfig().catch(() => {
    throw new ConfigError("/config.json could not be loaded.");
  });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ConfigError(detailOf(body) ?? `It answered ${response.status}.`);
  return checkConfig(body);
}

export function checkConfig(body: unknown): WebConfig {
  const found = (body ?? {}) as Record<string, unknown>;
  const missing = REQUIRED.filter((key) => typeof found[key] !== "string" || found[key] === "");
  if (missing.length > 0) throw new ConfigError(`/config.json lacks ${missing.join(", ")}.`);
  return found as unknown as WebConfig;
}

function detailOf(body: unknown): string | null {
  const detail = (body as { detail?: unknown } | null)?.detail;
  return typeof detail === "string" ? detail : null;
}
