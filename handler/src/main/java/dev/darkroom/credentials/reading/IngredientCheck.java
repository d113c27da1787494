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
import java.util.Set;

/**
 * Checks the credentials of pictures that others were made from, and of those that they were made from. Each manifest is checked once,
 * however often it is named, so loops end.
 */
final class IngredientCheck {
    private static final int MOST = 200;
    private static final int DEEPEST = 120;

    /** What is said of ingredients whose signers were on no trust list of whoever looked: that is no fault of theirs. */
    private static final Set<String> OF_TRUST = Set.of("signingCredential.untrusted", "cawg.x509.credential.untrusted");

    private final SuperBox store;
    private final Anchors anchors;

    /** Label of a manifest → whether it holds; false too while it is being looked at. */
    private final Map<String, Boolean> known = new HashMap<>();

    /** Place of a manifest and algorithm → its digest: one may be named by many. */
    private final Map<String, byte[]> digests = new HashMap<>();

    private int looked;

    IngredientCheck(SuperBox store, Anchors anchors) {
        this.store = store;
        this.anchors = anchors;
    }

    /** Checks the ingredients of the file's own claim. */
    List<Credentials.Ingredient> check(Claim claim, List<SuperBox> assertions, Findings findings) {
        known.put(claim.manifest().label(), false);
        return check(claim, assertions, findings, 0);
    }

    /**
     * Returns the manifests that the file's own leads to, itself last; none if one of them does not hold. Whatever else is in the store belongs
     * to nothing.
     */
    List<SuperBox> reached(SuperBox active) {
        known.remove(active.label());
        if (known.containsValue(false)) {
            return List.of();
        }
        List<SuperBox> reached = new ArrayList<>(store.boxes());
        reached.removeIf(box -> !known.containsKey(box.label()));
        reached.add(active);
        return reached;
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
        boolean wasValid = wasValid(
                content.path("validationResults").path("activeManifest").path("failure"));
        return new Credentials.Ingredient(title, relationship, true, wasValid && holds(manifest.get(), depth));
    }

    static boolean isIngredient(SuperBox assertion) {
        return assertion.label().startsWith("c2pa.ingredient");
    }

    /** Returns what refers to an ingredient's own manifest; missing where it has none. */
    static JsonNode manifestReference(JsonNode ingredient) {
        return ingredient.path(ingredient.has("activeManifest") ? "activeManifest" : "c2pa_manifest");
    }

    private static boolean wasValid(JsonNode failures) {
        for (JsonNode failure : failures) {
            if (!OF_TRUST.contains(failure.path("code").asText())) {
                return false;
            }
        }
        return true;
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
    private boolean holds(SuperBox manifest, int depth) {
        Boolean before = known.putIfAbsent(manifest.label(), false);
        if (before != null) {
            return before;
        }
        var findings = new Findings();
        try {
            Claim claim = Claim.read(store, manifest);
            var unused = SignatureCheck.check(claim, anchors, findings);
            var ingredients = check(claim, claim.assertions(findings), findings, depth + 1);
            boolean all = ingredients.stream().allMatch(one -> !one.credentials() || one.valid());
            known.put(manifest.label(), findings.valid() && all);
        } catch (DamagedBoxException e) {
            known.put(manifest.label(), false);
        }
        return known.getOrDefault(manifest.label(), false);
    }
}
