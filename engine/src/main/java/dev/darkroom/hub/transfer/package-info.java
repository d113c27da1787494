/** How bytes come from a hub: calls that are repeated, refusals that say what to do, files continued where they broke off, hashes. */
@NullMarked
package dev.darkroom.hub.transfer;

import org.jspecify.annotations.NullMarked;
