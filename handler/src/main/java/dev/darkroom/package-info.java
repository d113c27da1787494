/** The worker itself: reads its settings, builds its parts, takes jobs and handles them. */
@org.jspecify.annotations.NullMarked
package dev.darkroom;
