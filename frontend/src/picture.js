// A link to a picture as SVG gets one beside it that saves the same picture as PNG: drawn here, by no service.

const SCALE = 2;

for (const link of document.querySelectorAll("a[data-picture]")) {
  const png = document.createElement("a");
  png.href = link.href;
  png.textContent = "png";
  png.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      save(await drawn(link.href), nameOf(link));
    } catch {
      location.assign(link.href);
    }
  });
  link.after(" ", png);
}

function nameOf(link) {
  const file = new URL(link.href).pathname.split("/").at(-1);
  return file.replace(/\.svg$/, "") + ".png";
}

async function drawn(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture is too large."))), "image/png");
  });
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
