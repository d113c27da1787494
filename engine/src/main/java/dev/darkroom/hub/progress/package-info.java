/** How far a download is, for people: a bar on a terminal, lines in a log. */
@org.jspecify.annotations.NullMarked
package dev.darkroom.hub.progress;
