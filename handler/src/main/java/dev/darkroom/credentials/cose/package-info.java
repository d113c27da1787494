/** Signatures of content credentials: COSE_Sign1 with a chain of certificates, and time stamps of authorities. */
@NullMarked
package dev.darkroom.credentials.cose;

import org.jspecify.annotations.NullMarked;
