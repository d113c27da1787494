/**
 * A client for Darkroom workers, at home or behind a RunPod endpoint: typed requests, results and events, retries that never draw twice,
 * cancellation, and the check of webhooks. It needs Java 21 and Jackson, and no framework.
 *
 * <p>{@link dev.darkroom.client.DarkroomClient} is where to begin.
 */
@NullMarked
package dev.darkroom.client;

import org.jspecify.annotations.NullMarked;
