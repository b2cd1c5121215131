/** What every page shows: navigation, connection, sign-in, and words used all over. */

import type { PageName } from "../shell/routes";

export const shell = {
  brand: "Adology",
  skip: "Skip to the content",
  titleOf: (page: string) => `${page} · Adology`,

  pages: {
    overview: "Overview",
    tasks: "Tasks",
    new: "New task",
    logs: "Logs",
    reports: "Reports",
    operators: "Operators",
  } satisfies Record<PageName, string>,
  navigation: "Pages",

  signIn: {
    title: "Sign in",
    lead: "Fast answers, long work in the background, every update live.",
    username: "Username",
    password: "Password",
    submit: "Sign in",
    busy: "Signing in…",
    demo: "Use the demo account",
    expired: "Your session has ended. Please sign in again.",
  },

  header: { signOut: "Sign out", signedInAs: "Signed in as" },
  theme: {
    label: "Colours",
    names: { system: "As the system", light: "Light", dark: "Dark" },
    next: (name: string) => `Colours: ${name}. Change`,
  },

  connection: {
    label: "Live connection",
    stopped: "Not connected",
    connecting: "Connecting…",
    open: "Live",
    waiting: (seconds: number) => `Reconnecting in ${seconds} s`,
    retry: "Try now",
    hint: {
      open: "Updates arrive as they happen.",
      waiting: (reason: string) => `The live connection was lost (${reason}).`,
    },
  },

  broadcast: { from: "From the operators", dismiss: "Dismiss the message" },
  lazy: { loading: "Loading the page…", failed: "This page could not be loaded." },
  failed: {
    title: "This page has failed",
    detail: "Something in it went wrong that should not have. The other pages go on.",
  },
  notFound: {
    title: "There is no such page",
    lead: "The address leads nowhere.",
    back: "Go to the overview",
  },
  forbidden: {
    title: "For operators only",
    lead: "Sign in as a member of the group “operator” to see this page.",
  },
  missingRoute: {
    title: "Not on this server",
    detail: (route: string) =>
      `The server does not answer ${route}. It is older than this page: once it is updated, this appears.`,
  },

  code: (code: string) => `Code: ${code}`,
  dismiss: "Dismiss",
  retry: "Try again",
  none: "–",
  milliseconds: "ms",
  utc: "UTC",
  broken: { title: "The page is not configured", lead: "Its settings could not be read." },
} as const;
