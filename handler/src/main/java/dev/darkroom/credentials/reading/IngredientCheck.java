package dev.darkroom.credentials.reading;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.credentials.jumbf.BoxKind;
import dev.darkroom.credentials.jumbf.DamagedBoxException;
import dev.darkroom.credentials.jumbf.HashedReference;
import dev.darkroom.credentials.jumbf.SuperBox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks the credentials of pictures that others were made from, and of those that they were made from. Each manifest is checked once,
 * however often it is named, so loops end.
 */
final class IngredientCheck {
    private static final int MOST = 200;
    private static final int DEEPEST = 120;

    private final SuperBox store;
    private final SignatureCheck signatures;

    /** Label of a manifest → what was found out about it; nothing good while it is being looked at. */
    private final Map<String, Held> known = new HashMap<>();

    /** Place of a manifest and algorithm → its digest: one may be named by many. */
    private final Map<String, byte[]> digests = new HashMap<>();

    private int looked;

    /**
     * How a manifest holds.
     *
     * @param sound true if it is as it was signed, whatever it says of its ingredients
     * @param valid true if that is so of what it was made from too, and nobody has found a fault in that
     * @param trusted true if its signer is
     */
    private record Held(boolean sound, boolean valid, boolean trusted) {
        static final Held NOT = new Held(false, false, false);
    }

    IngredientCheck(SuperBox store, SignatureCheck signatures) {
        this.store = store;
        this.signatures = signatures;
    }

    /** Checks the ingredients of the file's own claim. */
    List<Credentials.Ingredient> check(Claim claim, List<SuperBox> assertions, Findings findings) {
        known.put(claim.manifest().label(), Held.NOT);
        return check(claim, assertions, findings, 0);
    }

    /**
     * Returns the manifests that the file's own leads to, itself last; none if one of them does not hold. Whatever else is in the store belongs
     * to nothing.
     */
    List<SuperBox> reached(SuperBox active) {
        known.remove(active.label());
        if (known.values().stream().anyMatch(held -> !held.sound)) {
            return List.of();
        }
        List<SuperBox> reached = new ArrayList<>(store.boxes());
        reached.removeIf(box -> !known.containsKey(box.label()));
        reached.add(active);
        return reached;
    }

    /** Returns true if a manifest that the file's own leads to holds. */
    boolean isValid(SuperBox manifest) {
        return known.getOrDefault(manifest.label(), Held.NOT).valid;
    }

    /** Returns true if a manifest that the file's own leads to has a signer who is trusted. */
    boolean isTrusted(SuperBox manifest) {
        return known.getOrDefault(manifest.label(), Held.NOT).trusted;
    }

    private List<Credentials.Ingredient> check(Claim claim, List<SuperBox> assertions, Findings findings, int depth) {
        List<Credentials.Ingredient> ingredients = new ArrayList<>();
        for (SuperBox box : assertions) {
            if (!isIngredient(box)) {
                continue;
            }
            if (++looked > MOST || depth > DEEPEST) {
                findings.failure(
                        "ingredient.manifest.missing", claim.url(""), "it has more ingredients than are looked at");
                break;
            }
            try {
                ingredients.add(check(claim, box, findings, depth));
            } catch (DamagedBoxException e) {
                findings.failure("assertion.ingredient.malformed", url(claim, box), String.valueOf(e.getMessage()));
            }
        }
        return ingredients;
    }

    private Credentials.Ingredient check(Claim claim, SuperBox box, Findings findings, int depth)
            throws DamagedBoxException {
        JsonNode content = box.cbor();
        String title = CredentialsReader.text(content.path("dc:title"));
        String relationship = CredentialsReader.text(content.path("relationship"));
        JsonNode own = manifestReference(content);
        if (own.isMissingNode() || own.isNull()) {
            return new Credentials.Ingredient(title, relationship, false, false);
        }
        var reference = HashedReference.read(own);
        Optional<SuperBox> named = reference.find(store, claim.manifest());
        Optional<SuperBox> manifest = named.flatMap(found -> manifest(store, found));
        if (manifest.isEmpty()) {
            findings.failure("ingredient.manifest.missing", url(claim, box), "an ingredient's credentials are missing");
            return new Credentials.Ingredient(title, relationship, false, false);
        }
        if (!matches(reference, named.get(), manifest.get(), claim.algorithm())) {
            findings.failure(
                    "ingredient.manifest.mismatch", url(claim, box), "an ingredient's credentials were changed");
            return new Credentials.Ingredient(title, relationship, true, false);
        }
        findings.success(
                "ingredient.manifest.validated", url(claim, box), "an ingredient's credentials are as they were");
        boolean valid = held(manifest.get(), depth).valid && !RecordedFailures.isIn(content);
        return new Credentials.Ingredient(title, relationship, true, valid);
    }

    static boolean isIngredient(SuperBox assertion) {
        return assertion.label().startsWith("c2pa.ingredient");
    }

    /** Returns what refers to an ingredient's own manifest; missing where it has none. */
    static JsonNode manifestReference(JsonNode ingredient) {
        return ingredient.path(ingredient.has("activeManifest") ? "activeManifest" : "c2pa_manifest");
    }

    /** Finds the manifest that is meant by itself, or by its claim. */
    static Optional<SuperBox> manifest(SuperBox store, SuperBox named) {
        return store.boxes().stream()
                .filter(IngredientCheck::isManifest)
                .filter(one -> one.start() == named.start() || named.is(BoxKind.CLAIM) && one.holds(named))
                .findFirst();
    }

    private static boolean isManifest(SuperBox box) {
        return box.is(BoxKind.MANIFEST) || box.is(BoxKind.UPDATE_MANIFEST);
    }

    private boolean matches(HashedReference reference, SuperBox named, SuperBox manifest, String usual) {
        return reference.matches(digest(reference, manifest, usual))
                || reference.matches(digest(reference, named, usual))
                || reference.matches(oldDigest(reference, manifest, usual));
    }

    private byte[] digest(HashedReference reference, SuperBox named, String usual) {
        return digests.computeIfAbsent(
                named.start() + reference.algorithm(usual), key -> reference.digest(named, usual));
    }

    /** Hashes a claim without its box, as manifests before C2PA 1.1 had it. */
    private byte[] oldDigest(HashedReference reference, SuperBox manifest, String usual) {
        return digests.computeIfAbsent("claim " + manifest.start() + reference.algorithm(usual), key -> {
            List<SuperBox> claims = manifest.all(BoxKind.CLAIM);
            Optional<byte[]> claim =
                    claims.isEmpty() ? Optional.empty() : claims.getFirst().content("cbor");
            return claim.flatMap(bytes ->
                            HashedReference.digest(reference.algorithm(usual)).map(one -> one.digest(bytes)))
                    .orElseGet(() -> new byte[0]);
        });
    }

    private static String url(Claim claim, SuperBox box) {
        return claim.url("c2pa.assertions/" + box.label());
    }

    /** Checks a manifest without its file: signature, assertions, and ingredients in their turn. */
    private Held held(SuperBox manifest, int depth) {
        Held before = known.putIfAbsent(manifest.label(), Held.NOT);
        if (before != null) {
            return before;
        }
        var findings = new Findings();
        try {
            Claim claim = Claim.read(store, manifest);
            boolean trusted = signatures.check(claim, findings).trusted();
            var ingredients = check(claim, claim.assertions(findings), findings, depth + 1);
            boolean all = ingredients.stream().allMatch(one -> !one.credentials() || one.valid());
            known.put(manifest.label(), new Held(findings.valid(), findings.valid() && all, trusted));
        } catch (DamagedBoxException e) {
            known.put(manifest.label(), Held.NOT);
        }
        return known.getOrDefault(manifest.label(), Held.NOT);
    }
}
