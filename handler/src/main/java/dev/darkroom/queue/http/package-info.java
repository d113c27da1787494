/** RunPod's endpoint API over HTTP: its calls, its errors, who may call, and server-sent events. */
@NullMarked
package dev.darkroom.queue.http;

import org.jspecify.annotations.NullMarked;
