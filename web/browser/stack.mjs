/** What the browser tests know of the deployed stack: all from the environment. */

const NEEDED = [
  "ADOLOGY_WEB_URL",
  "DEMO_USERNAME",
  "DEMO_PASSWORD",
  "OPERATOR_USERNAME",
  "OPERATOR_PASSWORD",
];

export function readStack(env = process.env) {
  const missing = NEEDED.filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new Error(`Set ${missing.join(", ")} (make up writes them to .local/stack.env).`);
  }
  return {
    webUrl: env.ADOLOGY_WEB_URL,
    username: env.DEMO_USERNAME,
    password: env.DEMO_PASSWORD,
    operator: { username: env.OPERATOR_USERNAME, password: env.OPERATOR_PASSWORD },
    chromium: env.CHROMIUM_PATH ?? "/usr/bin/chromium",
  };
}

async function json(url, init) {
  const response = await fetch(url, init);
  const body = await response.json();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${JSON.stringify(body)}`);
  return body;
}

/** The page's own settings: where the API and the sign-in are. */
export function readConfig(stack) {
  return json(new URL("/config.json", stack.webUrl));
}

/** Signs in as the page does, to prepare data over the API. */
export async function idToken(config, { username, password }) {
  const answer = await json(config.cognitoEndpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
    },
    body: JSON.stringify({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: config.userPoolClientId,
      AuthParameters: { USERNAME: username, PASSWORD: password },
    }),
  });
  return answer.AuthenticationResult.IdToken;
}

/** Posts to the API as the operator, who may also report on tasks of the demo tenant. */
export async function operatorPost(stack) {
  const config = await readConfig(stack);
  const headers = {
    authorization: `Bearer ${await idToken(config, stack.operator)}`,
    "content-type": "application/json",
  };
  const base = config.httpUrl.replace(/\/+$/, "");
  return (path, body) => json(base + path, { method: "POST", headers, body: JSON.stringify(body) });
}

/**
 * An aggregate over nothing has no rows to look at. Where the tenant has no requests at all, a few
 * are ingested, always under the same ids; data that is there already is left alone.
 */
export async function ensureRequests(stack) {
  const config = await readConfig(stack);
  const base = config.httpUrl.replace(/\/+$/, "");
  const headers = {
    authorization: `Bearer ${await idToken(config, stack)}`,
    "content-type": "application/json",
  };
  const { avg_response_time_ms } = await json(`${base}/dashboard?window=all`, { headers });
  if (avg_response_time_ms > 0) return;
  const body = JSON.stringify({ events: Array.from({ length: 12 }, (_, i) => request(i)) });
  await json(`${base}/events`, { method: "POST", headers, body });
}

function request(i) {
  return {
    id: `browser-${i}`,
    type: "request",
    at: new Date(Date.UTC(2026, 0, 2, 3, i)).toISOString(),
    service: i % 2 ? "checkout" : "search",
    user: `user-${i % 3}`,
    method: "GET",
    path: "/",
    status: i % 4 ? 200 : 500,
    bytes: 100,
    response_time_ms: 10 * (i + 1),
  };
}
