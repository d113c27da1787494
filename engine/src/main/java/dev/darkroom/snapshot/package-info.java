/** What a process does again after it was frozen, or restored from a snapshot of itself; docs/snapshots.md is the list. */
@org.jspecify.annotations.NullMarked
package dev.darkroom.snapshot;
