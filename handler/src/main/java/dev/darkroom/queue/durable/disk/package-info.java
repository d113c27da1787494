/** Accepted jobs on disk: their records, requests and answers, which outlive the process. */
@NullMarked
package dev.darkroom.queue.durable.disk;

import org.jspecify.annotations.NullMarked;
