/** Webhooks: one signed POST to the receiver that a caller named, when its job has ended. */
@NullMarked
package dev.darkroom.queue.webhook;

import org.jspecify.annotations.NullMarked;
