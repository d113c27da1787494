/** RunPod's endpoint API over HTTP: a bounded queue, jobs that outlive the process, webhooks, events. */
@NullMarked
package dev.darkroom.queue.http;

import org.jspecify.annotations.NullMarked;
