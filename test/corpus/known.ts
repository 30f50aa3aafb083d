/**
 * Cases that are believed wrong, or that no gateway could answer as recorded: name → why. Each is listed in every
 * run. One that passes all the same is reported as a failure, so that this list cannot outlive its reasons.
 */
export const KNOWN: Readonly<Record<string, string>> = {};
