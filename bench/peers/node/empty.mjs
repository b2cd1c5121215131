// The floor of Node: a handler that does nothing.
import { serve } from './runtime.mjs';

await serve(async (event) => event);
