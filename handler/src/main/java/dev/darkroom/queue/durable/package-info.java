/** A bounded queue whose jobs outlive the process: their state, their store, retries and deadlines. It knows no HTTP. */
@NullMarked
package dev.darkroom.queue.durable;

import org.jspecify.annotations.NullMarked;
