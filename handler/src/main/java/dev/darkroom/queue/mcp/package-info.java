/** The Model Context Protocol: tools by which programs that talk to language models have pictures made. */
@NullMarked
package dev.darkroom.queue.mcp;

import org.jspecify.annotations.NullMarked;
