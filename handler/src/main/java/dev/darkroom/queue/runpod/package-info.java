/** Jobs that are pulled from RunPod's serverless queue, and their results handed back to it. */
@NullMarked
package dev.darkroom.queue.runpod;

import org.jspecify.annotations.NullMarked;
