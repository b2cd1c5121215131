/** Clearer words for codes that people can do something about. */

export const errors = {
  invalid_credentials: {
    title: "Wrong username or password",
    detail: "Check both and try again.",
  },
  too_many_requests: { title: "Too many requests", detail: "Wait a moment and try again." },
  // What is paused, why and until when the API says.
  paused: { title: "Submission is paused", detail: null },
  session_ended: { title: "Your session has ended", detail: "Please sign in again." },
  network: {
    title: "The server could not be reached",
    detail: "Check your connection and try again.",
  },
  task_ended: {
    title: "The task has ended",
    detail: "It ended before it could be cancelled.",
  },
  not_retriable: {
    title: "The task cannot run again",
    detail: "It goes on, has completed, or its deadline has passed.",
  },
  timeout: { title: "The server did not answer in time", detail: "Try again in a moment." },
  bad_response: {
    title: "The server's answer could not be read",
    detail: "Try again in a moment.",
  },
} as Record<string, { title: string; detail: string | null }>;
