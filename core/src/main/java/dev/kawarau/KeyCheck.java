package dev.kawarau;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether a private key is that of a certificate. The JDK finds out in handshakes only, and then every one fails. */
final class KeyCheck {
    private static final Pattern PKCS_8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
    private static final byte[] PROBE = "kawarau".getBytes(StandardCharsets.US_ASCII);

    private KeyCheck() {}

    /**
     * Checks two PEM files.
     *
     * @throws IOException if they do not fit together, or cannot be read
     */
    static void check(Path certificate, Path key) throws IOException {
        Matcher pem = PKCS_8.matcher(Files.readString(key, StandardCharsets.ISO_8859_1));
        try (InputStream in = Files.newInputStream(certificate)) {
            PublicKey publicKey = CertificateFactory.getInstance("X.509")
                    .generateCertificate(in)
                    .getPublicKey();
            String algorithm = signature(publicKey.getAlgorithm());
            if (algorithm != null && pem.find() && !fits(publicKey, pem.group(1), algorithm)) {
                throw new IOException("the key is not that of the certificate");
            }
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            throw new IOException(malformed.getMessage(), malformed);
        }
    }

    private static @Nullable String signature(String keyAlgorithm) {
        return switch (keyAlgorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            default -> null;
        };
    }

    private static boolean fits(PublicKey publicKey, String base64, String algorithm) throws GeneralSecurityException {
        byte[] encoded = Base64.getMimeDecoder().decode(base64);
        PrivateKey privateKey;
        try {
            privateKey =
                    KeyFactory.getInstance(publicKey.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (InvalidKeySpecException another) {
            return false;
        }
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(privateKey);
        signer.update(PROBE);
        byte[] signed = signer.sign();
        signer.initVerify(publicKey);
        signer.update(PROBE);
        return signer.verify(signed);
    }
}
