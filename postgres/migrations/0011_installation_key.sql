-- The private key that the installation signs the agents with that come with exectrail. Its public part is in registry_keys.
CREATE TABLE exectrail.installation_key (
  id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  -- PEM, PKCS #8, Ed25519
  private_key text NOT NULL CHECK (char_length(private_key) <= 1024)
);
