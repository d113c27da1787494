/** Where jobs come from and go back to: an HTTP API in the form of RunPod's, or a file for one job. */
@NullMarked
package dev.darkroom.queue;

import org.jspecify.annotations.NullMarked;
