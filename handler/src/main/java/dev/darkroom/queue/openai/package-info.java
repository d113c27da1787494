/** OpenAI's images API: its calls translated to jobs, and what the jobs come to translated back. */
@NullMarked
package dev.darkroom.queue.openai;

import org.jspecify.annotations.NullMarked;
