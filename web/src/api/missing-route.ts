import { ApiError } from "../../client/page";

/** Whether the server is older than the route that was asked. */
export function isMissingRoute(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}
